#include "engine/text/csv_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace voucher::text {
namespace {

using ::testing::ElementsAre;

using Records = std::vector<std::vector<std::string>>;

Result<Records> read(std::string_view text) {
  Records records;
  CsvCursor cursor(text, 1);
  std::vector<std::string_view> fields;
  while (TRY(cursor.next(fields))) records.emplace_back(fields.begin(), fields.end());
  return records;
}

std::string refusal(std::string_view text) {
  const auto records = read(text);
  return records ? "accepted" : records.error().message;
}

TEST(CsvCursor, SplitsFieldsAndRecords) {
  EXPECT_THAT(*read("a,b\nc,\n,d\r\n"),
              ElementsAre(ElementsAre("a", "b"), ElementsAre("c", ""), ElementsAre("", "d")));
}

TEST(CsvCursor, TakesALastRecordWithoutLineEnd) {
  EXPECT_THAT(*read("a\nb,"), ElementsAre(ElementsAre("a"), ElementsAre("b", "")));
}

TEST(CsvCursor, ReadsWhatQuotesProtect) {
  EXPECT_THAT(*read("\"a,\r\nb\",\"c\"\"d\"\"\",\"\"\n"),
              ElementsAre(ElementsAre("a,\r\nb", "c\"d\"", "")));
}

TEST(CsvCursor, KeepsSpacesAndEmptyLinesAsTheyAre) {
  EXPECT_THAT(*read(" a , b \n\n"), ElementsAre(ElementsAre(" a ", " b "), ElementsAre("")));
}

TEST(CsvCursor, KnowsTheLineOfEachRecord) {
  CsvCursor cursor("\"a\n\n\",b\r\nc\nd", 10);
  std::vector<std::string_view> fields;
  std::vector<std::int64_t> lines;
  while (*cursor.next(fields)) lines.push_back(cursor.line());
  EXPECT_THAT(lines, ElementsAre(10, 13, 14));
}

TEST(CsvCursor, RefusesWhatIsNoCsv) {
  EXPECT_EQ(refusal("a\nb\"c\n"), "line 2: a quote inside a field that does not begin with one");
  EXPECT_EQ(refusal("\"a\"b\n"), "line 1: text after a closing quote");
  EXPECT_EQ(refusal("a,\"b\n\n"), "line 1: a quote that is never closed");
  EXPECT_EQ(refusal("a\rb\n"), "line 1: a carriage return outside quotes");
  EXPECT_EQ(refusal("\"a\"\r"), "line 1: a carriage return outside quotes");
}

RC_GTEST_PROP(CsvCursor, ReadsBackWhatWasQuoted, ()) {
  const auto records = *rc::gen::nonEmpty(
      rc::gen::container<Records>(rc::gen::nonEmpty(rc::gen::container<std::vector<std::string>>(
          rc::gen::container<std::string>(rc::gen::element('a', ',', '"', '\n', '\r', ' '))))));
  const auto line_end = *rc::gen::element<std::string>("\n", "\r\n");
  std::string text;
  for (const auto& record : records) {
    for (std::size_t i = 0; i < record.size(); ++i) {
      text += i == 0 ? "\"" : ",\"";
      for (const char byte : record[i]) text += byte == '"' ? "\"\"" : std::string(1, byte);
      text += '"';
    }
    text += line_end;
  }
  const auto read_back = read(text);
  RC_ASSERT(read_back.has_value());
  RC_ASSERT(*read_back == records);
}

}  // namespace
}  // namespace voucher::text
