#include "replay/line_stream.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/files.h"

namespace voucher {
namespace {

struct Seen {
  std::string text;
  bool ended;
  bool too_long;
  friend bool operator==(const Seen&, const Seen&) = default;
};

std::vector<Seen> read_all(const std::string& content) {
  const std::filesystem::path path =
      std::filesystem::path(testing::TempDir()) / "line_stream_test.txt";
  EXPECT_TRUE(replace_file(path, content));
  auto stream = LineStream::open(path.string());
  EXPECT_TRUE(stream);
  EXPECT_EQ(stream->bytes(), static_cast<std::int64_t>(content.size()));
  std::vector<Seen> seen;
  while (const auto line = *stream->next()) {
    EXPECT_EQ(line->number, static_cast<std::int64_t>(seen.size()) + 1);
    if (!line->too_long) {
      EXPECT_GE(line->padding, 64U);
    }
    seen.push_back({std::string(line->text), line->ended, line->too_long});
  }
  EXPECT_EQ(stream->bytes_read(), stream->bytes());
  std::filesystem::remove(path);
  return seen;
}

TEST(LineStreamTest, HandsOutLinesWithoutTheirEnds) {
  EXPECT_EQ(read_all("").size(), 0U);
  EXPECT_EQ(read_all("a\n\nb\n"),
            (std::vector<Seen>{{"a", true, false}, {"", true, false}, {"b", true, false}}));
}

TEST(LineStreamTest, SaysWhereTheLastLineHasNoEnd) {
  EXPECT_EQ(read_all("a\nb"), (std::vector<Seen>{{"a", true, false}, {"b", false, false}}));
}

TEST(LineStreamTest, JoinsLinesThatBlocksCut) {
  std::string content;
  std::vector<Seen> expected;
  for (int i = 0; i < 40; ++i) {
    const std::string line(static_cast<std::size_t>(i) * 7919, static_cast<char>('a' + i % 26));
    expected.push_back({line, true, false});
    content += line + "\n";
  }
  ASSERT_GT(content.size(), std::size_t{4} << 20U);
  EXPECT_EQ(read_all(content), expected);
}

TEST(LineStreamTest, LeavesOutWhatIsTooLong) {
  const std::string longest(LineStream::kLongestLine, 'x');
  const std::string longer(LineStream::kLongestLine + (std::size_t{3} << 20U), 'y');
  const auto seen = read_all("a\n" + longest + "\n" + longer + "\nb\n" + longer);
  ASSERT_EQ(seen.size(), 5U);
  EXPECT_EQ(seen[1], (Seen{longest, true, false}));
  EXPECT_EQ(seen[2], (Seen{"", true, true}));
  EXPECT_EQ(seen[3], (Seen{"b", true, false}));
  EXPECT_EQ(seen[4], (Seen{"", false, true}));
}

TEST(LineStreamTest, NamesAFileThatIsNotThere) {
  const auto stream = LineStream::open("/nowhere/log");
  ASSERT_FALSE(stream);
  EXPECT_EQ(stream.error().kind, ErrorKind::kUnavailable);
  EXPECT_NE(stream.error().message.find("/nowhere/log"), std::string::npos);
}

}  // namespace
}  // namespace voucher
