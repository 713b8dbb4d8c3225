#include "sample/cell_text.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

#include "decision/parse.h"

namespace voucher {
namespace {

std::string text_of(std::int64_t number, TextForm form) {
  TextBuffer buffer;
  return std::string(write_text(number, form, buffer));
}

TEST(CellText, WritesNumbersInBothForms) {
  EXPECT_EQ(text_of(7, TextForm::kWhole), "7");
  EXPECT_EQ(text_of(7, TextForm::kOneDecimal), "7.0");
  EXPECT_EQ(text_of(-3, TextForm::kOneDecimal), "-3.0");
}

TEST(CellText, WritesInstantsInEachForm) {
  const std::int64_t micros = parse_timestamp("2020-05-20 15:43:38.364972")->micros;
  EXPECT_EQ(text_of(micros, TextForm::kDate), "2020-05-20");
  EXPECT_EQ(text_of(micros, TextForm::kDatetime), "2020-05-20 15:43:38");
  EXPECT_EQ(text_of(micros, TextForm::kDatetimeMicros), "2020-05-20 15:43:38.364972");
  EXPECT_EQ(text_of(micros, TextForm::kIso), "2020-05-20T15:43:38Z");
}

RC_GTEST_PROP(CellText, InstantsReadBackAsTheyWereWritten, ()) {
  const auto micros =
      *rc::gen::inRange<std::int64_t>(kEarliestTimestamp.micros, kTimestampLimit.micros);
  const auto read = parse_timestamp(text_of(micros, TextForm::kDatetimeMicros));
  RC_ASSERT(read.has_value());
  RC_ASSERT(read->micros == micros);
}

RC_GTEST_PROP(CellText, NumbersReadBackAsTheyWereWritten, (std::int64_t number)) {
  RC_ASSERT(parse_integer(text_of(number, TextForm::kOneDecimal)) == number);
}

}  // namespace
}  // namespace voucher
