#include <cstdlib>

#include "base/files.h"
#include "engine/duckdb/duckdb_engine.h"
#include "engine/duckdb/transform_fixture.h"

namespace voucher::duckdb {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

TEST_F(TransformTest, WritesTheTableWithTypesSegmentsAndOrigin) {
  const fs::path file = good();
  const auto outcome = run({file});
  ASSERT_TRUE(outcome.has_value()) << outcome.error().message;
  auto described = connection_.query(
      fmt::format("SELECT column_name || ' ' || column_type FROM (DESCRIBE FROM '{}')",
                  outcome->processed.string()));
  std::vector<std::string> columns;
  ASSERT_TRUE(described
                  ->for_each_row([&](RowView row) -> Result<> {
                    columns.emplace_back(row.text(0));
                    return {};
                  })
                  .has_value());
  EXPECT_THAT(columns,
              ElementsAre("timestamp TIMESTAMP", "country_code VARCHAR", "last_order_ts TIMESTAMP",
                          "first_order_ts TIMESTAMP", "total_orders BIGINT",
                          "voucher_amount BIGINT", "frequency_segment VARCHAR",
                          "recency_segment VARCHAR", "source_file VARCHAR", "source_row BIGINT"));
  EXPECT_EQ(value_of(*outcome, "frequency_segment || ' ' || recency_segment"), "5-13 61-90");
  EXPECT_EQ(value_of(*outcome, "source_file || ':' || source_row"), file.string() + ":1");
  EXPECT_EQ(outcome->files.front().rows, 1);
  EXPECT_EQ(outcome->rows.raw, 1);
}

TEST_F(TransformTest, WritesCsvWithoutOrigin) {
  format_ = OutputFormat::kCsv;
  const auto outcome = run({with("\"timestamp\"", "'2018-07-10 12:00:00.5'")});
  ASSERT_TRUE(outcome.has_value()) << outcome.error().message;
  EXPECT_EQ(outcome->processed.filename(), "processed.csv");
  EXPECT_EQ(*read_file(outcome->processed),
            "timestamp,country_code,last_order_ts,first_order_ts,total_orders,voucher_amount,"
            "frequency_segment,recency_segment\n"
            "2018-07-10 12:00:00.500000,Peru,2018-05-01 00:00:00,2017-01-01 00:00:00,7,2640,5-13,"
            "61-90\n");
}

TEST_F(TransformTest, LeavesNothingBesideTheOutputs) {
  settings_.options.spill_directory = folder_ / "spill";
  ASSERT_TRUE(run({good()}).has_value());
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder_ / "out")) {
    names.push_back(entry.path().filename());
  }
  EXPECT_THAT(names, UnorderedElementsAre("processed.parquet", "rejected.parquet"));
  EXPECT_TRUE(!fs::exists(folder_ / "spill") || fs::is_empty(folder_ / "spill"));
}

TEST_F(TransformTest, CollectsUnknownColumns) {
  const fs::path file =
      parquet("good.parquet",
              fmt::format("SELECT {}, 1 AS zeta, 'x' AS source_file, 2 AS source_row, [1] AS "
                          "\"Alpha\"",
                          kGoodRow));
  const auto outcome = run({file});
  ASSERT_TRUE(outcome.has_value()) << outcome.error().message;
  EXPECT_THAT(outcome->unknown_columns, ElementsAre("Alpha", "source_file", "source_row", "zeta"));
  EXPECT_EQ(value_of(*outcome, "source_file"), file.string());
}

TEST_F(TransformTest, ReadsFilesWhoseColumnsAreStoredDifferently) {
  const auto outcome =
      run({good("a.parquet"), with("total_orders", "7.0::FLOAT"),
           parquet("z.parquet", fmt::format("SELECT * REPLACE (TIMESTAMP '2018-07-10 12:00:00' AS "
                                            "\"timestamp\") FROM (SELECT {})",
                                            kGoodRow))});
  ASSERT_TRUE(outcome.has_value()) << outcome.error().message;
  EXPECT_EQ(outcome->rows.duplicates, 2);
  EXPECT_EQ(value_of(*outcome, "source_file"), (folder_ / "a.parquet").string());
}

TEST_F(TransformTest, FindsColumnsByNameWhateverTheirOrder) {
  const auto outcome = run(
      {good("a.parquet"),
       parquet("b.parquet", fmt::format("SELECT voucher_amount + 1 AS voucher_amount, * EXCLUDE "
                                        "(voucher_amount) FROM (SELECT {})",
                                        kGoodRow))});
  ASSERT_TRUE(outcome.has_value()) << outcome.error().message;
  EXPECT_EQ(outcome->rows.processed, 2);
  EXPECT_EQ(outcome->rows.duplicates, 0);
}

struct StoredValue {
  std::string column;
  std::string stored;    ///< SQL
  std::string expected;  ///< as text; empty: malformed
};

class StoredValues : public TransformTest, public testing::WithParamInterface<StoredValue> {};

TEST_P(StoredValues, AreReadAsSuch) {
  const StoredValue& value = GetParam();
  const auto outcome = run({with("\"" + value.column + "\"", value.stored)});
  ASSERT_TRUE(outcome.has_value()) << outcome.error().message;
  if (value.expected.empty()) {
    EXPECT_THAT(outcome->rows.rejected_by, ElementsAre(Pair(value.column + "_malformed", 1)));
  } else {
    EXPECT_EQ(value_of(*outcome, "\"" + value.column + "\""), value.expected);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Integers, StoredValues,
    testing::Values(StoredValue{"total_orders", "7::TINYINT", "7"},
                    StoredValue{"total_orders", "7::SMALLINT", "7"},
                    StoredValue{"total_orders", "7::INTEGER", "7"},
                    StoredValue{"total_orders", "9223372036854775807::BIGINT",
                                "9223372036854775807"},
                    StoredValue{"total_orders", "7::UTINYINT", "7"},
                    StoredValue{"total_orders", "7::UBIGINT", "7"},
                    StoredValue{"total_orders", "9223372036854775808::UBIGINT", ""},
                    StoredValue{"total_orders", "7.0::FLOAT", "7"},
                    StoredValue{"total_orders", "7.5::FLOAT", ""},
                    StoredValue{"total_orders", "-0.0::DOUBLE", "0"},
                    StoredValue{"total_orders", "9007199254740991::DOUBLE", "9007199254740991"},
                    StoredValue{"total_orders", "9007199254740992::DOUBLE", ""},
                    StoredValue{"total_orders", "'nan'::DOUBLE", ""},
                    StoredValue{"total_orders", "'inf'::DOUBLE", ""},
                    StoredValue{"total_orders", "7.00::DECIMAL(10,2)", "7"},
                    StoredValue{"total_orders", "7.01::DECIMAL(10,2)", ""},
                    StoredValue{"total_orders", "7::DECIMAL(38,0)", "7"},
                    StoredValue{"total_orders", "'7.00'", "7"},
                    StoredValue{"total_orders", "' 7'", ""}));

INSTANTIATE_TEST_SUITE_P(
    Timestamps, StoredValues,
    testing::Values(
        StoredValue{"last_order_ts", "DATE '2018-05-01'", "2018-05-01 00:00:00"},
        StoredValue{"last_order_ts", "DATE '1899-12-31'", ""},
        StoredValue{"last_order_ts", "DATE '5000-01-01'", ""},
        StoredValue{"last_order_ts", "TIMESTAMP '2018-05-01 10:00:00.123456'",
                    "2018-05-01 10:00:00.123456"},
        StoredValue{"last_order_ts", "TIMESTAMP_MS '2018-05-01 10:00:00.123'",
                    "2018-05-01 10:00:00.123"},
        StoredValue{"last_order_ts", "TIMESTAMP_S '2018-05-01 10:00:00'", "2018-05-01 10:00:00"},
        StoredValue{"last_order_ts", "TIMESTAMP_NS '2018-05-01 10:00:00.123456789'",
                    "2018-05-01 10:00:00.123456"},
        StoredValue{"first_order_ts", "TIMESTAMP_NS '1969-12-31 23:59:59.999999999'",
                    "1969-12-31 23:59:59.999999"},
        StoredValue{"last_order_ts", "TIMESTAMPTZ '2018-05-01 01:00:00+02:00'",
                    "2018-04-30 23:00:00"},
        StoredValue{"last_order_ts", "'infinity'::TIMESTAMP", ""},
        StoredValue{"last_order_ts", "'2018-05-01T01:00:00+02:00'", "2018-04-30 23:00:00"},
        StoredValue{"last_order_ts", "'2018-05-01 01:00'", ""}));

class UnreadableTypes : public TransformTest, public testing::WithParamInterface<StoredValue> {};

TEST_P(UnreadableTypes, AreRefusedWithFileColumnAndBothTypes) {
  const StoredValue& value = GetParam();
  const Error error = refused({with("\"" + value.column + "\"", value.stored)});
  EXPECT_THAT(error.message, AllOf(HasSubstr("other.parquet"), HasSubstr("'" + value.column + "'"),
                                   HasSubstr(value.expected)));
}

INSTANTIATE_TEST_SUITE_P(
    Types, UnreadableTypes,
    testing::Values(
        StoredValue{"country_code", "1", "stored as INTEGER; the definition says string"},
        StoredValue{"country_code", "'x'::BLOB", "stored as BLOB; the definition says string"},
        StoredValue{"country_code", "DATE '2018-01-01'",
                    "stored as DATE; the definition says string"},
        StoredValue{"total_orders", "true", "stored as BOOLEAN; the definition says integer"},
        StoredValue{"total_orders", "[1]", "stored as list; the definition says integer"},
        StoredValue{"total_orders", "{'a': 1}", "stored as struct; the definition says integer"},
        StoredValue{"total_orders", "DATE '2018-01-01'",
                    "stored as DATE; the definition says integer"},
        StoredValue{"last_order_ts", "20180501",
                    "stored as INTEGER; the definition says timestamp"},
        StoredValue{"last_order_ts", "1.5::DOUBLE",
                    "stored as DOUBLE; the definition says timestamp"},
        StoredValue{"last_order_ts", "TIME '10:00:00'", "stored as TIME"}));

TEST_F(TransformTest, TellsAllSchemaMistakesOfAllFilesAtOnce) {
  const fs::path first = parquet("first.parquet", "SELECT 1 AS country_code");
  const fs::path second = with("total_orders", "true");
  const Error error = refused({good(), first, second});
  EXPECT_THAT(error.details, testing::Contains(HasSubstr("first.parquet: column 'country_code'")));
  EXPECT_THAT(error.details,
              testing::Contains(HasSubstr("first.parquet has no column 'timestamp'")));
  EXPECT_THAT(error.details, testing::Contains(HasSubstr("other.parquet: column 'total_orders'")));
  EXPECT_EQ(error.details.size(), 7U);
}

TEST_F(TransformTest, SaysWhenOnlyTheCaseOfAColumnDiffers) {
  const fs::path file = parquet(
      "case.parquet",
      fmt::format("SELECT * RENAME (total_orders AS \"Total_Orders\") FROM (SELECT {})", kGoodRow));
  EXPECT_THAT(
      refused({file}).message,
      HasSubstr(
          "has no column 'total_orders' (integer); its column 'Total_Orders' differs in case"));
}

TEST_F(TransformTest, ReadsTheExactNameBesideOneThatDiffersInCase) {
  // DuckDB writes no such file, but others do: the name is changed where it stands.
  const fs::path file =
      parquet("both.parquet",
              fmt::format("SELECT '99' AS \"TOTAL_ORDERX\", * FROM (SELECT {}) AS good", kGoodRow));
  std::string content = *read_file(file);
  for (std::size_t at = 0; (at = content.find("TOTAL_ORDERX", at)) != std::string::npos; ++at) {
    content.replace(at, 12, "TOTAL_ORDERS");
  }
  text("both.parquet", content);
  const auto outcome = run({file, good()});
  ASSERT_TRUE(outcome.has_value()) << outcome.error().message;
  EXPECT_EQ(value_of(*outcome, "string_agg(total_orders, ' ')"), "7");
  EXPECT_EQ(outcome->rows.duplicates, 1);
  EXPECT_THAT(outcome->unknown_columns, ElementsAre("TOTAL_ORDERS"));
}

TEST_F(TransformTest, ProposesTheNearestName) {
  const fs::path file = parquet(
      "slip.parquet",
      fmt::format("SELECT * RENAME (total_orders AS total_order) FROM (SELECT {})", kGoodRow));
  EXPECT_THAT(refused({file}).message, HasSubstr("did you mean 'total_order'?"));
}

TEST_F(TransformTest, NamesTheTextFileAmongParquetFiles) {
  const Error error = refused({good(), text("text.parquet", "no Parquet at all, but long enough")});
  EXPECT_THAT(error.message, HasSubstr("text.parquet is no Parquet file"));
}

TEST_F(TransformTest, NamesEveryDamagedFile) {
  const Error error = refused({text("empty.parquet", ""), good(), text("short.parquet", "PAR1")});
  EXPECT_THAT(error.details, ElementsAre(HasSubstr("empty.parquet"), HasSubstr("short.parquet")));
}

TEST_F(TransformTest, NamesTheParquetFileCutInHalf) {
  const fs::path file = good("half.parquet");
  fs::resize_file(file, fs::file_size(file) / 2);
  EXPECT_THAT(refused({good(), file}).message,
              HasSubstr("half.parquet is no Parquet file, or is damaged"));
}

TEST_F(TransformTest, NamesTheFileWithADamagedPage) {
  const std::string many = fmt::format(
      "SELECT * REPLACE ('2018-07-10 12:00:00.' || range AS \"timestamp\") FROM (SELECT {}), "
      "range(1000, 9000)",
      kGoodRow);
  const fs::path file = parquet("page.parquet", many);
  std::string content = *read_file(file);
  for (std::size_t i = 100; i < 2'000; ++i) content[i] = static_cast<char>(content[i] ^ 0x5a);
  text("page.parquet", content);
  const Error error = refused({good(), file, parquet("zz.parquet", many)});
  EXPECT_THAT(error.message, HasSubstr("page.parquet is damaged"));
}

TEST_F(TransformTest, TakesAParquetFileWithoutRows) {
  const auto outcome = run({parquet("none.parquet", fmt::format("SELECT {} LIMIT 0", kGoodRow))});
  ASSERT_TRUE(outcome.has_value()) << outcome.error().message;
  EXPECT_EQ(outcome->rows.raw, 0);
  EXPECT_TRUE(fs::exists(outcome->processed) && fs::exists(outcome->rejected));
  EXPECT_THAT(outcome->time_ranges, IsEmpty());
}

TEST_F(TransformTest, SaysWhichFilesAreMissing) {
  const auto outcome = run({good(), folder_ / "a.parquet", folder_ / "b.parquet"});
  ASSERT_FALSE(outcome.has_value());
  EXPECT_EQ(outcome.error().kind, ErrorKind::kUnavailable);
  EXPECT_THAT(outcome.error().details,
              ElementsAre(AllOf(HasSubstr("a.parquet"), HasSubstr("No such file")),
                          HasSubstr("b.parquet")));
}

TEST_F(TransformTest, ReportsAnOutputThatCannotBeWritten) {
  fs::remove(folder_ / "out");
  text("out", "a file where the folder should be");
  const auto outcome = run({good()});
  ASSERT_FALSE(outcome.has_value());
  EXPECT_EQ(outcome.error().kind, ErrorKind::kUnavailable) << outcome.error().message;
}

TEST_F(TransformTest, ReadsPathsThatLookLikePatterns) {
  fs::create_directories(folder_ / "country_code=Chile");
  const auto outcome = run({good("a*b.parquet"), good("country_code=Chile/it's [x] {y}?.parquet")});
  ASSERT_TRUE(outcome.has_value()) << outcome.error().message;
  EXPECT_EQ(outcome->rows.raw, 2);
  EXPECT_EQ(value_of(*outcome, "country_code"), "Peru");
}

TEST_F(TransformTest, StopsWhenAsked) {
  const fs::path file = parquet(
      "many.parquet",
      fmt::format(
          "SELECT * REPLACE ('2018-07-10 12:00:00.' || range AS \"timestamp\") FROM (SELECT {}), "
          "range(100000, 999999)",
          kGoodRow));
  std::stop_source stop;
  JobControl control{{}, stop.get_token()};
  control.progress = [&](const ProgressEvent& event) {
    if (event.stage == "probe" && event.finished) stop.request_stop();
  };
  const auto outcome = run({file}, control);
  ASSERT_FALSE(outcome.has_value());
  EXPECT_EQ(outcome.error().kind, ErrorKind::kInterrupted);
}

TEST_F(TransformTest, ReportsEveryStageWithItsRows) {
  std::vector<std::string> finished;
  JobControl control;
  control.progress = [&](const ProgressEvent& event) {
    if (event.finished) finished.push_back(fmt::format("{} {}", event.stage, event.rows));
  };
  const auto outcome = run({good()}, control);
  ASSERT_TRUE(outcome.has_value());
  EXPECT_THAT(finished, ElementsAre("probe 1", "reject 1", "process 1"));
  ASSERT_EQ(outcome->stages.size(), 3U);
  EXPECT_EQ(outcome->stages.back().name, "process");
}

TEST_F(TransformTest, ComparesWhatAreTooManyToPresume) {
  // Every row twice: more meetings than are kept in memory.
  const fs::path file = parquet(
      "twice.parquet", fmt::format("SELECT * REPLACE ('2018-07-10 12:00:00.' || lpad((range % "
                                   "300000)::VARCHAR, 6, '0') AS \"timestamp\") FROM "
                                   "(SELECT {}), range(1000000, 1600000)",
                                   kGoodRow));
  const auto outcome = run({file});
  ASSERT_TRUE(outcome.has_value()) << outcome.error().message;
  EXPECT_EQ(outcome->rows.processed, 300'000);
  EXPECT_EQ(outcome->rows.duplicates, 300'000);
  EXPECT_EQ(outcome->stages[2].name, "compare");
  EXPECT_EQ(value_of(*outcome, "max(source_row)"), "300000");
}

TEST_F(TransformTest, GivesTheAccountingOfTheRealData) {
  const char* path = std::getenv("VOUCHER_REAL_DATA");
  if (path == nullptr) GTEST_SKIP() << "VOUCHER_REAL_DATA names no file of real data";
  const auto outcome = make_duckdb_engine({})->transform(
      {dataset_, {{path, "", 0, 0, 0}}, folder_ / "out", format_}, {});
  ASSERT_TRUE(outcome.has_value()) << outcome.error().message;
  EXPECT_EQ(outcome->rows.raw, 285'570);
  EXPECT_EQ(outcome->rows.processed, 241'723);
  EXPECT_EQ(outcome->rows.rejected, 43'837);
  EXPECT_EQ(outcome->rows.duplicates, 10);
  EXPECT_THAT(outcome->rows.rejected_by, ElementsAre(Pair("last_order_after_assignment", 20'992),
                                                     Pair("total_orders_missing", 22'845)));
  EXPECT_EQ(value_of(*outcome, "count(*) FILTER (voucher_amount IS NULL)"), "1466");
  EXPECT_EQ(value_of(*outcome, "count(*) FILTER (total_orders = 0)"), "30851");
  EXPECT_EQ(connection_.query_integer(fmt::format(
                "SELECT count(*) FROM '{}' WHERE len(reasons) > 1", outcome->rejected.string())),
            1'853);
}

}  // namespace
}  // namespace voucher::duckdb
