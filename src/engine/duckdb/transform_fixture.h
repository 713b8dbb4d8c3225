// What tests of the transform share: a folder, files in it, and a run over them.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <string>
#include <vector>

#include "definition/load.h"
#include "engine/duckdb/connection.h"
#include "engine/duckdb/transform_run.h"
#include "sql/quote.h"

namespace voucher::duckdb {

/// Values of one good row of customer/voucher, in SQL.
inline constexpr std::string_view kGoodRow =
    "'2018-07-10 12:00:00' AS \"timestamp\", 'Peru' AS country_code, '2018-05-01' AS "
    "last_order_ts, "
    "'2017-01-01' AS first_order_ts, '7' AS total_orders, 2640 AS voucher_amount";

class TransformTest : public testing::Test {
 protected:
  TransformTest()
      : folder_(std::filesystem::temp_directory_path() /
                fmt::format("voucher_transform_{}_{}", ::getpid(),
                            testing::UnitTest::GetInstance()->current_test_info()->name())),
        database_(*Database::open({})),
        connection_(*database_.connect()) {
    std::filesystem::create_directories(folder_ / "out");
    dataset_ = *load_definition(std::filesystem::path(VOUCHER_SOURCE_DIR) /
                                "domains/customer/voucher.yaml");
  }
  ~TransformTest() override { std::filesystem::remove_all(folder_); }

  /// Writes the rows of a select to a Parquet file.
  std::filesystem::path parquet(const std::string& name, const std::string& select) {
    const std::filesystem::path path = folder_ / name;
    const auto written = connection_.execute(
        fmt::format("COPY ({}) TO {} (FORMAT parquet)", select, sql::quote_literal(path.string())));
    EXPECT_TRUE(written.has_value()) << written.error().message;
    return path;
  }
  std::filesystem::path good(const std::string& name = "good.parquet") {
    return parquet(name, fmt::format("SELECT {}", kGoodRow));
  }
  /// The good row with one column replaced, or left out where the value is empty.
  std::filesystem::path with(const std::string& column, const std::string& value) {
    return parquet("other.parquet",
                   fmt::format("SELECT * {} FROM (SELECT {})",
                               value.empty() ? fmt::format("EXCLUDE ({})", column)
                                             : fmt::format("REPLACE ({} AS {})", value, column),
                               kGoodRow));
  }
  std::filesystem::path text(const std::string& name, const std::string& content) {
    const std::filesystem::path path = folder_ / name;
    std::ofstream(path, std::ios::binary) << content;
    return path;
  }

  Result<TransformOutcome> run(const std::vector<std::filesystem::path>& paths,
                               const JobControl& control = {}) {
    TransformRequest request{dataset_, {}, folder_ / "out", format_};
    for (const std::filesystem::path& path : paths) request.files.push_back({path, "", 0, 0, 0});
    return run_transform(settings_, request, control);
  }
  Error refused(const std::vector<std::filesystem::path>& paths) {
    auto outcome = run(paths);
    EXPECT_FALSE(outcome.has_value());
    if (outcome) return {};
    EXPECT_EQ(outcome.error().kind, ErrorKind::kRefused) << outcome.error().message;
    return outcome.error();
  }
  /// The only row of a query over the processed table.
  std::string value_of(const TransformOutcome& outcome, const std::string& expression) {
    auto result = connection_.query(
        fmt::format("SELECT ({})::VARCHAR FROM '{}'", expression, outcome.processed.string()));
    EXPECT_TRUE(result.has_value()) << result.error().message;
    const auto chunk = *result->next();
    return chunk ? std::string(chunk->column(0).text_or_null(0).value_or("NULL")) : "no row";
  }

  std::filesystem::path folder_;
  Database database_;
  Connection connection_;
  Dataset dataset_;
  TransformSettings settings_;
  OutputFormat format_ = OutputFormat::kParquet;
};

}  // namespace voucher::duckdb
