#include "engine/duckdb/transform_fixture.h"

namespace voucher::duckdb {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

class TextTransform : public TransformTest {
 protected:
  static constexpr std::string_view kHeader =
      "timestamp,country_code,last_order_ts,first_order_ts,total_orders,voucher_amount";
  static constexpr std::string_view kRow = "2018-07-10,Peru,2018-05-01,2017-01-01,7,2640";

  fs::path csv(const std::string& name, const std::string& content) {
    dataset_.source.format = SourceFormat::kCsv;
    return text(name, content);
  }
  fs::path json(const std::string& name, const std::string& content) {
    dataset_.source.format = SourceFormat::kJson;
    return text(name, content);
  }
};

TEST_F(TextTransform, ReadsCsvByColumnNames) {
  const auto outcome = run({csv("a.csv",
                                "\xEF\xBB\xBFvoucher_amount,extra,timestamp,country_code,"
                                "last_order_ts,first_order_ts,total_orders\r\n"
                                "2640,\"a,\n\"\"b\"\"\",2018-07-10,Peru,2018-05-01,"
                                "2017-01-01,7\r\n")});
  ASSERT_TRUE(outcome.has_value()) << outcome.error().message;
  EXPECT_EQ(outcome->rows.processed, 1);
  EXPECT_THAT(outcome->unknown_columns, ElementsAre("extra"));
}

TEST_F(TextTransform, RefusesACsvRecordThatDoesNotFit) {
  const Error error = refused(
      {csv("a.csv", fmt::format("{}\n{}\n", kHeader, kRow)),
       csv("b.csv", fmt::format("{}\n\"2018-07-10\n\",Peru,2018-05-01,2017-01-01,7,2640\n{}\n1,2\n",
                                kHeader, kRow))});
  EXPECT_THAT(error.message, HasSubstr("b.csv, line 5: 2 fields where the header has 6"));
}

TEST_F(TextTransform, TellsTheFirstMistakeOfEachCsvFile) {
  const Error error = refused({csv("a.csv", fmt::format("{}\n1\n2\n", kHeader)),
                               csv("b.csv", fmt::format("{}\n{}x\"y\n", kHeader, kRow))});
  EXPECT_THAT(error.details, ElementsAre(HasSubstr("a.csv, line 2: 1 fields"),
                                         HasSubstr("b.csv, line 2: a quote")));
}

TEST_F(TextTransform, RefusesCsvHeadersThatDoNotServe) {
  EXPECT_THAT(refused({csv("empty.csv", "")}).message, HasSubstr("empty.csv has no header"));
  EXPECT_THAT(refused({csv("twice.csv", "a,b,a\n")}).message, HasSubstr("the column 'a' twice"));
  const Error error = refused({csv("few.csv",
                                   "timestamp,Country_Code,last_order_ts,total_orders,"
                                   "voucher_amount\n")});
  EXPECT_THAT(error.details, ElementsAre(HasSubstr("'Country_Code' differs in case"),
                                         HasSubstr("has no column 'first_order_ts'")));
}

TEST_F(TextTransform, RefusesBytesThatAreNoUtf8) {
  const Error error = refused({csv("a.csv", fmt::format("{}\n{}\n2018-07-10,P\xE9ru,2018-05-01,"
                                                        "2017-01-01,7,2640\n",
                                                        kHeader, kRow))});
  EXPECT_THAT(error.message, HasSubstr("a.csv, line 3: bytes that are no UTF-8"));
}

TEST_F(TextTransform, ReadsJsonNumbersStringsAndNulls) {
  const auto outcome = run({json(
      "a.json",
      R"({"timestamp":"2018-07-10","country_code":"P\u00e9r\"u","last_order_ts":"2018-05-01","first_order_ts":"2017-01-01","total_orders":1e1,"voucher_amount":2640.0,"more":{"x":[1]}})"
      "\n\n"
      R"({"voucher_amount":null,"timestamp":"2018-07-11","country_code":"Peru","last_order_ts":"2018-05-01","first_order_ts":"2017-01-01","total_orders":"12"})"
      "\n"
      R"({"timestamp":"2018-07-12","country_code":"Peru","last_order_ts":"2018-05-01","first_order_ts":"2017-01-01","total_orders":1.5})")});
  ASSERT_TRUE(outcome.has_value()) << outcome.error().message;
  EXPECT_EQ(value_of(*outcome,
                     "string_agg(concat_ws('|', country_code, total_orders, "
                     "voucher_amount, source_row), ' ' ORDER BY source_row)"),
            "Pér\"u|10|2640|1 Peru|12|2");
  EXPECT_THAT(outcome->rows.rejected_by, ElementsAre(Pair("total_orders_malformed", 1)));
  EXPECT_THAT(outcome->unknown_columns, ElementsAre("more"));
}

TEST_F(TextTransform, RefusesJsonOfAnotherShape) {
  const auto message = [&](const std::string& line) {
    return refused({json("a.json", "{}\n" + line + "\n")}).message;
  };
  EXPECT_THAT(message("[1]"), HasSubstr("a.json, line 2: not a JSON object"));
  EXPECT_THAT(message("{\"total_orders\":"), HasSubstr("line 2: not a JSON object"));
  EXPECT_THAT(message("{} {}"), HasSubstr("line 2: text after the JSON object"));
  EXPECT_THAT(message(R"({"total_orders":true})"),
              HasSubstr("'total_orders' is a boolean; the definition says integer"));
  EXPECT_THAT(message(R"({"total_orders":[1]})"), HasSubstr("'total_orders' is an array"));
  EXPECT_THAT(message(R"({"country_code":1})"),
              HasSubstr("'country_code' is a number; the definition says string"));
  EXPECT_THAT(message(R"({"timestamp":20180101})"), HasSubstr("'timestamp' is a number"));
  EXPECT_THAT(message(R"({"total_orders":01})"), HasSubstr("line 2"));
  EXPECT_THAT(message(R"({"total_orders":1,"total_orders":2})"),
              HasSubstr("'total_orders' appears twice"));
}

}  // namespace
}  // namespace voucher::duckdb
