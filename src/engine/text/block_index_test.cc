#include "engine/text/block_index.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace voucher::text {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class BlockIndex : public testing::Test {
 protected:
  BlockIndex()
      : path_(std::filesystem::temp_directory_path() /
              ("voucher_block_index_" + std::to_string(::getpid()))) {}
  ~BlockIndex() override { std::filesystem::remove(path_); }

  Result<IndexedFile> index(const std::string& content, SourceFormat format,
                            std::uint64_t block_bytes = 1) {
    std::ofstream(path_, std::ios::binary) << content;
    return index_file(path_, format, {block_bytes, 64}, {});
  }

  /// Each block as "first row/first line: bytes".
  std::vector<std::string> blocks(const std::string& content, SourceFormat format,
                                  std::uint64_t block_bytes = 1) {
    const auto file = index(content, format, block_bytes);
    EXPECT_TRUE(file.has_value()) << file.error().message;
    std::vector<std::string> texts;
    BlockBytes bytes;
    for (const Block& block : file->blocks) {
      EXPECT_TRUE(bytes.read(path_, block).has_value());
      texts.push_back(fmt::format("{}/{}: {}", block.first_row, block.first_line, bytes.view()));
    }
    return texts;
  }

  std::filesystem::path path_;
};

TEST_F(BlockIndex, CutsCsvAfterWholeRecords) {
  EXPECT_THAT(blocks("h\n1\n\"2\n2\"\n3", SourceFormat::kCsv),
              ElementsAre("1/2: 1\n", "2/3: \"2\n2\"\n", "3/5: 3"));
  EXPECT_THAT(blocks("h\n1\n2\n3\n", SourceFormat::kCsv, 4),
              ElementsAre("1/2: 1\n2\n", "3/4: 3\n"));
}

TEST_F(BlockIndex, ReadsTheHeaderBehindAByteOrderMark) {
  const auto file = index("\xEF\xBB\xBF\"a\nb\",c\n1,2\n", SourceFormat::kCsv);
  ASSERT_TRUE(file.has_value()) << file.error().message;
  EXPECT_THAT(file->header, ElementsAre("a\nb", "c"));
  EXPECT_EQ(file->rows, 1);
  EXPECT_EQ(file->blocks.front().first_line, 3);
}

TEST_F(BlockIndex, TakesAHeaderAlone) {
  EXPECT_THAT(blocks("a,b", SourceFormat::kCsv), ElementsAre());
  EXPECT_THAT(blocks("a,b\n", SourceFormat::kCsv), ElementsAre());
}

TEST_F(BlockIndex, CountsJsonLinesThatAreNotBlank) {
  EXPECT_THAT(blocks("\n{}\n \t\r\n{\"\"\":1}\n\n", SourceFormat::kJson),
              ElementsAre("1/2: {}\n", "2/4: {\"\"\":1}\n"));
  EXPECT_THAT(blocks("", SourceFormat::kJson), ElementsAre());
}

TEST_F(BlockIndex, RefusesWhatHasNoEnd) {
  const auto open_quote = index("h\n\"1\n2\n", SourceFormat::kCsv);
  ASSERT_FALSE(open_quote.has_value());
  EXPECT_THAT(open_quote.error().message,
              HasSubstr("line 2: a quote in this record is never closed"));
  const auto endless = index("{}\n" + std::string(100, 'x'), SourceFormat::kJson);
  ASSERT_FALSE(endless.has_value());
  EXPECT_THAT(endless.error().message, HasSubstr("line 2: a record of more than 64 bytes"));
}

TEST_F(BlockIndex, NoticesThatAFileBecameShorter) {
  const auto file = index("h\n1\n2\n", SourceFormat::kCsv);
  ASSERT_TRUE(file.has_value());
  std::filesystem::resize_file(path_, 5);
  BlockBytes bytes;
  const auto read = bytes.read(path_, file->blocks.back());
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().kind, ErrorKind::kUnavailable);
}

}  // namespace
}  // namespace voucher::text
