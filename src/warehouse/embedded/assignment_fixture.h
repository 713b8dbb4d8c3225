// What tests of the embedded warehouse share: a small dataset, rows of it as plain values, and the
// engine's outputs for them, written by DuckDB from SQL and counted here row by row.
#pragma once

#include <fmt/ranges.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/files.h"
#include "base/hash.h"
#include "decision/classify.h"
#include "engine/duckdb/connection.h"
#include "sql/quote.h"
#include "warehouse/embedded/embedded_warehouse.h"
#include "warehouse/embedded/layout.h"

namespace voucher::embedded::fixture {

namespace fs = std::filesystem;

/// A folder that goes away with the test.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (fs::temp_directory_path() / "voucher-warehouse-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) std::abort();
    path_ = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

/// One processed row of test_dataset().
struct Assignment {
  Timestamp at;
  std::string country;
  Timestamp last_order;
  std::int64_t orders = 0;
  std::optional<std::int64_t> amount;
  friend auto operator<=>(const Assignment&, const Assignment&) = default;
};

inline Dataset test_dataset() {
  Dataset dataset;
  dataset.domain = "customer";
  dataset.dataset = "voucher";
  dataset.source.columns = {{"at", ColumnType::kTimestamp, false},
                            {"country", ColumnType::kString, false},
                            {"last order", ColumnType::kTimestamp, false},
                            {"orders", ColumnType::kInteger, false},
                            {"amount", ColumnType::kInteger, true}};
  dataset.variants = {
      {"frequency", ColumnValue{3}, {{"0-4", {0, 4}}, {"5-13", {5, 13}}}, {{14, std::nullopt}}},
      {"recency",
       DaysBetween{2, 0},
       {{"30-60", {30, 60}}, {"61+", {61, std::nullopt}}},
       {{std::nullopt, 29}}}};
  dataset.decision = {{"customer_id", ColumnType::kInteger}, 4, 1, {true, 1}, true};
  dataset.warehouse = {
      "customer", "assignments", {{"frequency", "by_frequency"}, {"recency", "by_recency"}}, 30};
  return dataset;
}

inline std::vector<Field> row_of(const Assignment& assignment) {
  return {Field::of(assignment.at), Field::of(std::string_view(assignment.country)),
          Field::of(assignment.last_order), Field::of(assignment.orders),
          assignment.amount ? Field::of(*assignment.amount) : Field::missing()};
}

inline std::vector<std::optional<SegmentIndex>> segments_of(const Dataset& dataset,
                                                            const Assignment& assignment) {
  std::vector<std::optional<SegmentIndex>> segments;
  for (const Variant& variant : dataset.variants)
    segments.push_back(classify(variant, *value_of(variant, row_of(assignment))));
  return segments;
}

inline std::string sql_values(const Dataset& dataset, const Assignment& assignment,
                              const std::string& source, std::size_t source_row) {
  const auto segments = segments_of(dataset, assignment);
  std::vector<std::string> labels;
  for (VariantIndex v = 0; v < segments.size(); ++v) {
    labels.push_back(segments[v]
                         ? sql::quote_literal(dataset.variants[v].segments[*segments[v]].label)
                         : "NULL");
  }
  return fmt::format("({}, {}, {}, {}, {}, {}, {}, {})", sql::timestamp_literal(assignment.at),
                     sql::quote_literal(assignment.country),
                     sql::timestamp_literal(assignment.last_order), assignment.orders,
                     assignment.amount ? std::to_string(*assignment.amount) : "NULL",
                     fmt::join(labels, ", "), sql::quote_literal(source), source_row);
}

inline duckdb::Connection memory_connection() {
  return duckdb::Database::open({.threads = 1}).value().connect().value();
}

inline void execute(duckdb::Connection& connection, const std::string& sql) {
  const auto done = connection.execute(sql);
  ASSERT_TRUE(done.has_value()) << done.error().message << "\n" << sql;
}

inline void write_processed(const fs::path& file, const Dataset& dataset,
                            const std::vector<Assignment>& rows, const std::string& source) {
  auto connection = memory_connection();
  execute(connection,
          "CREATE TABLE p (\"at\" TIMESTAMP, country VARCHAR, \"last order\" TIMESTAMP, orders "
          "BIGINT, amount BIGINT, frequency VARCHAR, recency VARCHAR, source_file VARCHAR, "
          "source_row BIGINT)");
  std::vector<std::string> values;
  for (const Assignment& row : rows)
    values.push_back(sql_values(dataset, row, source, values.size() + 1));
  if (!values.empty())
    execute(connection, fmt::format("INSERT INTO p VALUES {}", fmt::join(values, ", ")));
  execute(connection, "COPY p TO " + sql::quote_literal(file.string()) + " (FORMAT parquet)");
}

inline void write_rejected(const fs::path& file, std::int64_t rows, const std::string& source) {
  auto connection = memory_connection();
  execute(connection,
          fmt::format("COPY (SELECT 'x' AS \"at\", 'y' AS country, 'z' AS \"last order\", '-1' AS "
                      "orders, NULL::VARCHAR AS amount, {} AS source_file, i AS source_row, "
                      "'orders_negative' AS reason, ['orders_negative'] AS reasons FROM range({}) "
                      "t(i)) TO {} (FORMAT parquet)",
                      sql::quote_literal(source), rows, sql::quote_literal(file.string())));
}

inline std::vector<TimeRange> ranges_of(const std::vector<Assignment>& rows) {
  if (rows.empty()) return {};
  const auto [first, last] = std::ranges::minmax(rows, {}, &Assignment::at);
  const auto [early, late] = std::ranges::minmax(rows, {}, &Assignment::last_order);
  return {{"at", first.at, last.at}, {"last order", early.last_order, late.last_order}};
}

/// What an engine gives for one raw file that holds `rows` and as many rejected rows as said.
inline TransformOutcome transform(const fs::path& folder, const Dataset& dataset,
                                  const std::vector<Assignment>& rows, const std::string& name,
                                  std::int64_t rejected = 1) {
  fs::create_directories(folder);
  const std::set<Assignment> distinct(rows.begin(), rows.end());
  const std::vector<Assignment> kept(distinct.begin(), distinct.end());
  TransformOutcome outcome;
  outcome.rows = {static_cast<std::int64_t>(rows.size()) + rejected,
                  static_cast<std::int64_t>(kept.size()),
                  rejected,
                  static_cast<std::int64_t>(rows.size() - kept.size()),
                  {}};
  if (rejected > 0) outcome.rows.rejected_by["orders_negative"] = rejected;
  outcome.files = {{"/raw/" + name, sha256_hex(name), 1000, 7, outcome.rows.raw}};
  outcome.history = HistoryCounts(dataset.variants);
  for (const Assignment& row : kept)
    outcome.history->add(row.country, segments_of(dataset, row), row.amount, 1);
  outcome.time_ranges = ranges_of(kept);
  outcome.processed = folder / "processed.parquet";
  outcome.rejected = folder / "rejected.parquet";
  write_processed(outcome.processed, dataset, kept, "/raw/" + name);
  write_rejected(outcome.rejected, rejected, "/raw/" + name);
  return outcome;
}

inline Timestamp day(std::int64_t number, std::int64_t micros = 0) {
  return Timestamp{number * kMicrosPerDay + micros};
}

/// Rows that meet every segment of test_dataset(), in one country, with times from `first_day` on.
inline std::vector<Assignment> sample_rows(std::int64_t first_day, const std::string& country,
                                           std::int64_t amount) {
  std::vector<Assignment> rows;
  for (std::int64_t i = 0; i < 12; ++i) {
    rows.push_back({day(first_day + i, i), country, day(first_day - 10 * i, 5), 2 * i,
                    i % 4 == 3 ? std::nullopt : std::optional(amount + 100 * (i % 2))});
  }
  return rows;
}

}  // namespace voucher::embedded::fixture
