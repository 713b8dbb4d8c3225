#include "pipeline/inputs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "base/files.h"
#include "base/hash.h"

namespace voucher {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

class InputsTest : public testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::weakly_canonical(fs::temp_directory_path()) /
            fmt::format("voucher-inputs-test-{}", ::getpid());
    fs::create_directories(root_);
  }
  void TearDown() override { fs::remove_all(root_); }

  void write(const std::string& name, std::string_view content) const {
    fs::create_directories((root_ / name).parent_path());
    ASSERT_TRUE(replace_file(root_ / name, content));
  }
  [[nodiscard]] std::string at(const std::string& name) const { return (root_ / name).string(); }

  static Result<Inputs> resolve(const std::vector<std::string>& arguments,
                                std::span<const SourceFile> known = {},
                                SourceFormat format = SourceFormat::kParquet) {
    return resolve_inputs(arguments, format, known, {});
  }
  [[nodiscard]] std::vector<std::string> names(const Inputs& inputs) const {
    std::vector<std::string> names;
    for (const SourceFile& file : inputs.files)
      names.push_back(file.path.lexically_relative(root_).string());
    return names;
  }

  fs::path root_;
};

TEST_F(InputsTest, TakesAFolderRecursivelyWithoutHiddenNames) {
  for (const char* name : {"b.parquet", "a/c.parquet", "a/d.csv", ".e.parquet", "_f.parquet",
                           "_g/h.parquet", ".i/j.parquet"}) {
    write(name, name);
  }
  const auto inputs = resolve({at("")});
  ASSERT_TRUE(inputs) << inputs.error().message;
  EXPECT_THAT(names(*inputs), ElementsAre("a/c.parquet", "b.parquet"));
}

TEST_F(InputsTest, TakesAGlobAndAFileOnceHoweverNamed) {
  write("a.parquet", "a");
  write("b.parquet", "b");
  const auto inputs = resolve({at("*.parquet"), at("a.parquet"), at("./b.parquet")});
  ASSERT_TRUE(inputs) << inputs.error().message;
  EXPECT_THAT(names(*inputs), ElementsAre("a.parquet", "b.parquet"));
  EXPECT_EQ(inputs->files[0].sha256, sha256_hex("a"));
  EXPECT_EQ(inputs->files[0].bytes, 1);
}

TEST_F(InputsTest, TakesAFileWhoseNameHoldsAWildcard) {
  write("a[1].parquet", "a");
  const auto inputs = resolve({at("a[1].parquet")});
  ASSERT_TRUE(inputs) << inputs.error().message;
  EXPECT_THAT(names(*inputs), ElementsAre("a[1].parquet"));
}

TEST_F(InputsTest, CountsEqualContentOnceAndSaysSo) {
  write("a.parquet", "same");
  write("b.parquet", "same");
  const auto inputs = resolve({at("")});
  ASSERT_TRUE(inputs);
  EXPECT_THAT(names(*inputs), ElementsAre("a.parquet"));
  EXPECT_THAT(inputs->warnings, ElementsAre(HasSubstr("b.parquet has the same content as")));
}

TEST_F(InputsTest, SaysWhatIsMissing) {
  fs::create_directories(root_ / "empty");
  const std::vector<std::pair<std::string, std::string>> cases{
      {"nothing.parquet", "no such file or folder"},
      {"*.nothing", "no file matches"},
      {"empty", "no *.parquet file in folder"}};
  for (const auto& [name, message] : cases) {
    const auto inputs = resolve({at(name)});
    ASSERT_FALSE(inputs) << name;
    EXPECT_EQ(inputs.error().kind, ErrorKind::kUnavailable);
    EXPECT_THAT(inputs.error().message, testing::AllOf(HasSubstr(message), HasSubstr(at(name))));
  }
}

TEST_F(InputsTest, SparesHashingWherePathSizeAndTimeAreKnown) {
  write("a.parquet", "a");
  std::vector<SourceFile> known = resolve({at("a.parquet")})->files;
  known[0].sha256 = "remembered";
  EXPECT_EQ(resolve({at("a.parquet")}, known)->files[0].sha256, "remembered");
  known[0].modified_ns -= 1;
  EXPECT_EQ(resolve({at("a.parquet")}, known)->files[0].sha256, sha256_hex("a"));
}

TEST_F(InputsTest, KnowsTheOtherNamesOfNewlineDelimitedJson) {
  for (const char* name : {"a.json", "b.ndjson", "c.jsonl", "d.csv"}) write(name, name);
  const auto inputs = resolve({at("")}, {}, SourceFormat::kJson);
  ASSERT_TRUE(inputs);
  EXPECT_THAT(names(*inputs), ElementsAre("a.json", "b.ndjson", "c.jsonl"));
}

TEST_F(InputsTest, StopsWhenAsked) {
  write("a.parquet", "a");
  std::stop_source stop;
  stop.request_stop();
  const std::vector<std::string> arguments{at("a.parquet")};
  const auto inputs = resolve_inputs(arguments, SourceFormat::kParquet, {}, {{}, stop.get_token()});
  ASSERT_FALSE(inputs);
  EXPECT_EQ(inputs.error().kind, ErrorKind::kInterrupted);
}

}  // namespace
}  // namespace voucher
