#include "warehouse/part_rows.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "engine/duckdb/label_counts.h"
#include "sql/parquet_files.h"
#include "sql/quote.h"

namespace voucher {
namespace {

namespace fs = std::filesystem;
using duckdb::Connection;
using sql::parquet_files_sql;
using sql::quote_identifier;

constexpr std::string_view kStage = "load";

std::vector<std::string> declared_columns(const Dataset& dataset) {
  std::vector<std::string> columns;
  for (const Column& column : dataset.source.columns)
    columns.push_back(quote_identifier(column.name));
  return columns;
}

duckdb_type stored_type(ColumnType type) {
  switch (type) {
    case ColumnType::kTimestamp: return DUCKDB_TYPE_TIMESTAMP;
    case ColumnType::kString: return DUCKDB_TYPE_VARCHAR;
    case ColumnType::kInteger: return DUCKDB_TYPE_BIGINT;
  }
  return DUCKDB_TYPE_INVALID;
}

std::map<std::string, duckdb_type, std::less<>> expected_columns(const Dataset& dataset) {
  std::map<std::string, duckdb_type, std::less<>> expected{{"source_file", DUCKDB_TYPE_VARCHAR},
                                                           {"source_row", DUCKDB_TYPE_BIGINT}};
  for (const Column& column : dataset.source.columns)
    expected.emplace(column.name, stored_type(column.type));
  for (const Variant& variant : dataset.variants)
    expected.emplace(variant.name, DUCKDB_TYPE_VARCHAR);
  return expected;
}

Result<> check_columns(Connection& connection, const Dataset& dataset, const fs::path& file) {
  auto expected = expected_columns(dataset);
  const auto result = TRY(connection.query("FROM " + parquet_files_sql({file}) + " LIMIT 0"));
  for (std::size_t i = 0; i < result.column_count(); ++i) {
    const auto found = expected.find(result.column_name(i));
    if (found == expected.end() || found->second != result.column_type(i)) {
      return fail(ErrorKind::kRefused,
                  "processed file has a column that this definition does not store or of another "
                  "type: {}: {}: transform again",
                  file.string(), result.column_name(i));
    }
    expected.erase(found);
  }
  if (expected.empty()) return {};
  return fail(ErrorKind::kRefused, "processed file lacks a column: {}: {}: transform again",
              file.string(), expected.begin()->first);
}

Result<> check_rows(Connection& connection, const fs::path& file, std::int64_t expected) {
  const std::int64_t rows =
      TRY(connection.query_integer("SELECT count(*) FROM " + parquet_files_sql({file})));
  if (rows == expected) return {};
  return fail(ErrorKind::kRefused,
              "file does not hold the rows of its manifest: {}: {} rows, not {}: transform again",
              file.string(), rows, expected);
}

/// Lets the reader of a Parquet file skip what cannot hold equal rows.
std::string within_ranges(const std::vector<TimeRange>& ranges) {
  std::string condition = "true";
  for (const TimeRange& range : ranges) {
    condition +=
        fmt::format(" AND {} BETWEEN {} AND {}", quote_identifier(range.column),
                    sql::timestamp_literal(range.least), sql::timestamp_literal(range.greatest));
  }
  return condition;
}

/// Rows of earlier parts whose 64-bit hash some new row has: seldom more than the duplicates.
std::string create_suspects_sql(const Dataset& dataset, const std::vector<fs::path>& earlier,
                                const TransformOutcome& outcome) {
  const std::string columns = fmt::format("{}", fmt::join(declared_columns(dataset), ", "));
  return fmt::format(
      "CREATE OR REPLACE TEMP TABLE suspects AS SELECT {columns} FROM {earlier} "
      "WHERE {within} AND hash({columns}) IN (SELECT hash({columns}) FROM {processed})",
      fmt::arg("columns", columns), fmt::arg("earlier", parquet_files_sql(earlier)),
      fmt::arg("within", within_ranges(outcome.time_ranges)),
      fmt::arg("processed", parquet_files_sql({outcome.processed})));
}

std::string copy_new_rows_sql(const Dataset& dataset, const fs::path& from, const fs::path& to) {
  std::vector<std::string> equal;
  for (const std::string& column : declared_columns(dataset))
    equal.push_back(fmt::format("n.{0} IS NOT DISTINCT FROM s.{0}", column));
  return fmt::format(
      "COPY (SELECT n.* FROM {} n ANTI JOIN suspects s ON {}) TO {} (FORMAT parquet, COMPRESSION "
      "zstd)",
      parquet_files_sql({from}), fmt::join(equal, " AND "), sql::quote_literal(to.string()));
}

}  // namespace

Result<> check_processed(Connection& connection, const Dataset& dataset, const fs::path& file,
                         std::int64_t rows) {
  TRY(check_columns(connection, dataset, file));
  return check_rows(connection, file, rows);
}

Result<> check_outputs(Connection& connection, const Dataset& dataset,
                       const TransformOutcome& outcome) {
  TRY(check_processed(connection, dataset, outcome.processed, outcome.rows.processed));
  TRY(check_rows(connection, outcome.rejected, outcome.rows.rejected));
  if (outcome.rows.balanced()) return {};
  return fail(ErrorKind::kRefused, "row counts do not add up in {}: transform again",
              outcome.processed.string());
}

Result<> remove_earlier_rows(Connection& connection, const Dataset& dataset,
                             const std::vector<fs::path>& earlier, const fs::path& rest,
                             TransformOutcome& outcome, const JobControl& control) {
  const duckdb::Watch watch{&control, kStage};
  if (earlier.empty() || outcome.rows.processed == 0) return {};
  TRY(connection.execute(create_suspects_sql(dataset, earlier, outcome), {}, watch));
  if (TRY(connection.query_integer("SELECT count(*) FROM suspects")) == 0) return {};

  const std::int64_t kept =
      TRY(connection.execute(copy_new_rows_sql(dataset, outcome.processed, rest), {}, watch));
  if (kept == outcome.rows.processed) return {};
  outcome.rows.duplicates += outcome.rows.processed - kept;
  outcome.rows.processed = kept;
  outcome.history = TRY(duckdb::count_labels(connection, dataset, {rest}));
  outcome.processed = rest;
  return {};
}

}  // namespace voucher
