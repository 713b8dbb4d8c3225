#include "decision/parse.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <regex>
#include <string>

namespace voucher {
namespace {

TEST(ParseInteger, TakesTheDocumentedForm) {
  EXPECT_EQ(parse_integer("0"), 0);
  EXPECT_EQ(parse_integer("1.0"), 1);
  EXPECT_EQ(parse_integer("+12"), 12);
  EXPECT_EQ(parse_integer("-12.000"), -12);
  EXPECT_EQ(parse_integer("007"), 7);
  EXPECT_EQ(parse_integer("9223372036854775807"), INT64_MAX);
  EXPECT_EQ(parse_integer("-9223372036854775808"), INT64_MIN);
  EXPECT_EQ(parse_integer("00000000000000000000000000001"), 1);
}

TEST(ParseInteger, RefusesEverythingElse) {
  for (const char* text : {"",
                           " 1",
                           "1 ",
                           "1.5",
                           "1.",
                           ".0",
                           "1.0.0",
                           "1e3",
                           "0x1",
                           "1_000",
                           "1,000",
                           "+-1",
                           "--1",
                           "-",
                           "+",
                           "9223372036854775808",
                           "-9223372036854775809",
                           "NaN",
                           "inf",
                           "true",
                           "１",
                           "1.01"}) {
    EXPECT_EQ(parse_integer(text), std::nullopt) << text;
  }
}

RC_GTEST_PROP(ParseInteger, AgreesWithTheRegularExpression, ()) {
  static const std::regex form(R"([+-]?[0-9]+(\.0+)?)");
  const auto text =
      *rc::gen::container<std::string>(rc::gen::element('0', '1', '9', '.', '+', '-', 'e', ' '));
  RC_ASSERT(parse_integer(text).has_value() == (std::regex_match(text, form) && text.size() < 18));
}

TEST(IntegerFromDouble, TakesIntegralNumbersBelowTwoToThe53) {
  EXPECT_EQ(integer_from_double(5720.0), 5720);
  EXPECT_EQ(integer_from_double(-0.0), 0);
  EXPECT_EQ(integer_from_double(9007199254740991.0), 9007199254740991);
  EXPECT_EQ(integer_from_double(9007199254740992.0), std::nullopt);
  EXPECT_EQ(integer_from_double(0.5), std::nullopt);
  EXPECT_EQ(integer_from_double(std::nan("")), std::nullopt);
  EXPECT_EQ(integer_from_double(HUGE_VAL), std::nullopt);
  EXPECT_EQ(integer_from_double(-HUGE_VAL), std::nullopt);
}

std::string iso(std::string_view text) {
  const auto instant = parse_timestamp(text);
  return instant ? format_iso(*instant) : "malformed";
}

TEST(ParseTimestamp, TakesTheDocumentedForms) {
  EXPECT_EQ(iso("2018-04-19"), "2018-04-19T00:00:00Z");
  EXPECT_EQ(iso("2020-05-20 15:43:38.364972"), "2020-05-20T15:43:38.364972Z");
  EXPECT_EQ(iso("2020-05-20T15:43:38Z"), "2020-05-20T15:43:38Z");
  EXPECT_EQ(iso("2020-05-20 15:43:38.1"), "2020-05-20T15:43:38.100000Z");
  EXPECT_EQ(iso("2020-02-29"), "2020-02-29T00:00:00Z");
  EXPECT_EQ(iso("2000-02-29"), "2000-02-29T00:00:00Z");
}

TEST(ParseTimestamp, CutsDigitsBeyondMicroseconds) {
  EXPECT_EQ(iso("2020-05-20 23:59:59.999999999"), "2020-05-20T23:59:59.999999Z");
  EXPECT_EQ(iso("1960-01-01 00:00:00.000000999"), "1960-01-01T00:00:00Z");
}

TEST(ParseTimestamp, ConvertsOffsetsToUtc) {
  EXPECT_EQ(iso("2020-05-20 23:30:00-02:00"), "2020-05-21T01:30:00Z");
  EXPECT_EQ(iso("2020-01-01T00:15:00.5+05:30"), "2019-12-31T18:45:00.500000Z");
}

TEST(ParseTimestamp, HoldsTheYearsAfterConversion) {
  EXPECT_EQ(iso("1900-01-01"), "1900-01-01T00:00:00Z");
  EXPECT_EQ(iso("1899-12-31 23:59:59"), "malformed");
  EXPECT_EQ(iso("1899-12-31 23:59:59-00:01"), "1900-01-01T00:00:59Z");
  EXPECT_EQ(iso("1900-01-01 00:00:00+00:01"), "malformed");
  EXPECT_EQ(iso("2200-12-31 23:59:59.999999"), "2200-12-31T23:59:59.999999Z");
  EXPECT_EQ(iso("2201-01-01"), "malformed");
  EXPECT_EQ(iso("0000-01-01"), "malformed");
  EXPECT_EQ(iso("9999-12-31"), "malformed");
}

TEST(ParseTimestamp, RefusesEverythingElse) {
  for (const char* text : {"",
                           "2018",
                           "2018-4-19",
                           "2018-04-19 ",
                           " 2018-04-19",
                           "2018-02-30",
                           "2019-02-29",
                           "1900-02-29",
                           "2018-13-01",
                           "2018-00-01",
                           "2018-01-00",
                           "2018-04-31",
                           "18-04-19",
                           "2018/04/19",
                           "2018-04-19 12",
                           "2018-04-19 12:00",
                           "2018-04-19 24:00:00",
                           "2018-04-19 23:60:00",
                           "2018-04-19 23:59:60",
                           "2018-04-19 12:00:00.",
                           "2018-04-19 12:00:00.1234567890",
                           "2018-04-19 12:00:00z",
                           "2018-04-19t12:00:00",
                           "2018-04-19 12:00:00+5:00",
                           "2018-04-19 12:00:00+0500",
                           "2018-04-19 12:00:00+05",
                           "2018-04-19 12:00:00+24:00",
                           "2018-04-19 12:00:00+05:60",
                           "2018-04-19 12:00:00 Z",
                           "2018-04-19Z",
                           "2018-04-19+01:00",
                           "2018-04-19 12:00:00ZZ",
                           "-018-04-19",
                           "12:30:00",
                           "1524096000"}) {
    EXPECT_EQ(iso(text), "malformed") << text;
  }
}

RC_GTEST_PROP(ParseTimestamp, ReadsBackWhatFormatIsoWrote, ()) {
  const Timestamp instant{*rc::gen::inRange(kEarliestTimestamp.micros, kTimestampLimit.micros)};
  RC_ASSERT(parse_timestamp(format_iso(instant)) == instant);
}

}  // namespace
}  // namespace voucher
