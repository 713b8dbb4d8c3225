#include "base/files.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "base/hash.h"

namespace voucher {
namespace {

namespace fs = std::filesystem;

class FilesTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / fmt::format("voucher-files-test-{}", ::getpid());
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }
  fs::path folder_;
};

TEST_F(FilesTest, ReplacesAWholeFileAndLeavesNothingElse) {
  const fs::path path = folder_ / "CURRENT";
  ASSERT_TRUE(replace_file(path, "versions/1\n"));
  ASSERT_TRUE(replace_file(path, "versions/2\n"));
  EXPECT_EQ(read_file(path), "versions/2\n");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 1);
}

TEST_F(FilesTest, NamesTheMissingFileAndTheReason) {
  const auto content = read_file(folder_ / "nothing");
  ASSERT_FALSE(content);
  EXPECT_EQ(content.error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(content.error().message, fmt::format("cannot read file {}: No such file or directory",
                                                 (folder_ / "nothing").string()));
}

TEST_F(FilesTest, FailedReplacementKeepsTheOldContent) {
  const fs::path path = folder_ / "missing-folder" / "file";
  EXPECT_FALSE(replace_file(path, "x"));
  const fs::path taken = folder_ / "taken";
  fs::create_directories(taken / "inside");
  EXPECT_FALSE(replace_file(taken, "x")) << "a folder cannot be replaced by a file";
  EXPECT_TRUE(fs::exists(taken / "inside"));
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 1);
}

TEST_F(FilesTest, ReadingAFolderFails) {
  EXPECT_FALSE(read_file(folder_));
}

TEST_F(FilesTest, HashesLikeTheTextInMemory) {
  const std::string content(3'000'000, 'x');
  ASSERT_TRUE(replace_file(folder_ / "big", content));
  EXPECT_EQ(sha256_file(folder_ / "big"), sha256_hex(content));
  EXPECT_FALSE(sha256_file(folder_ / "nothing"));
}

TEST(Hash, AgreesWithTheStandardsVectors) {  // FIPS 180-2, appendix B
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

}  // namespace
}  // namespace voucher
