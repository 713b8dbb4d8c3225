#include "warehouse/embedded/cell_listing.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/check.h"
#include "sql/parquet_files.h"
#include "sql/quote.h"
#include "warehouse/embedded/view_sql.h"

namespace voucher::embedded {
namespace {

using sql::quote_identifier;
using sql::quote_literal;

constexpr std::string_view kUpperCase = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view kLowerCase = "abcdefghijklmnopqrstuvwxyz";

std::string column_name(const Dataset& dataset, ColumnIndex column) {
  return quote_identifier(dataset.source.columns[column].name);
}

std::string column_names(const Dataset& dataset) {
  std::vector<std::string> names;
  for (const Column& column : dataset.source.columns)
    names.push_back(quote_identifier(column.name));
  return fmt::format("{}", fmt::join(names, ", "));
}

/// As fold_ascii(): lower() would fold letters beyond ASCII too.
std::string is_of_group(const Dataset& dataset, const std::string& folded) {
  return fmt::format("translate({}, '{}', '{}') = {}",
                     column_name(dataset, dataset.decision.group_by), kUpperCase, kLowerCase,
                     quote_literal(folded));
}

std::string is_of_cell(const Dataset& dataset, const CellName& cell) {
  std::string condition = is_of_group(dataset, cell.group);
  if (!cell.variant) return condition;
  CHECK(*cell.variant < dataset.variants.size());
  const std::string label = quote_identifier(dataset.variants[*cell.variant].name);
  return condition + (cell.segment
                          ? fmt::format(" AND {} = {}", label, quote_literal(*cell.segment))
                          : fmt::format(" AND {} IS NULL", label));
}

std::string cell_rows_sql(const Dataset& dataset, const std::vector<std::filesystem::path>& files,
                          const CellRowsRequest& request) {
  const std::string amount = column_name(dataset, dataset.decision.amount);
  const std::string first = request.first_amount ? fmt::format("{} IS NOT DISTINCT FROM {} DESC, ",
                                                               amount, *request.first_amount)
                                                 : "";
  return fmt::format(
      "SELECT source_file, source_row, {} FROM {} WHERE {} "
      "ORDER BY {}{} NULLS LAST, source_file, source_row NULLS LAST LIMIT {}",
      column_names(dataset), sql::parquet_files_sql(files), is_of_cell(dataset, request.cell),
      first, amount, request.limit);
}

std::string rejected_rows_sql(const Dataset& dataset,
                              const std::vector<std::filesystem::path>& files,
                              const std::string& group) {
  return fmt::format(
      "SELECT source_file, source_row, array_to_string(reasons, ','), {} FROM {} WHERE {} "
      "ORDER BY source_file, source_row NULLS LAST",
      column_names(dataset), sql::parquet_files_sql(files), is_of_group(dataset, group));
}

Field field_of(ColumnType type, const duckdb::RowView& row, std::size_t column) {
  if (row.is_null(column)) return Field::missing();
  switch (type) {
    case ColumnType::kString: return Field::of(row.text(column));
    case ColumnType::kInteger: return Field::of(row.integer(column));
    case ColumnType::kTimestamp: return Field::of(row.timestamp(column));
  }
  return Field::missing();
}

/// Ids of reasons are made of names: they hold no comma.
void split_reasons(std::string_view joined, std::vector<std::string_view>& reasons) {
  reasons.clear();
  while (!joined.empty()) {
    const std::size_t comma = joined.find(',');
    reasons.push_back(joined.substr(0, comma));
    joined = comma == std::string_view::npos ? std::string_view() : joined.substr(comma + 1);
  }
}

Result<> refuse_stopped(const JobControl& control) {
  if (!control.stop.stop_requested()) return {};
  return fail(ErrorKind::kInterrupted, "interrupted while rows were listed");
}

}  // namespace

Result<> stream_cell_rows(duckdb::Connection& connection, const Dataset& dataset,
                          const std::vector<std::filesystem::path>& files,
                          const CellRowsRequest& request, const ConsumeStoredRow& consume,
                          const JobControl& control) {
  if (files.empty()) return {};
  auto result = TRY(connection.stream(cell_rows_sql(dataset, files, request)));
  const std::vector<Column>& columns = dataset.source.columns;
  StoredRow stored;
  stored.values.resize(columns.size());
  return result.for_each_row([&](const duckdb::RowView& row) -> Result<> {
    TRY(refuse_stopped(control));
    stored.source_file = row.text(0);
    stored.source_row = row.integer_or_null(1);
    for (ColumnIndex i = 0; i < columns.size(); ++i)
      stored.values[i] = field_of(columns[i].type, row, 2 + i);
    return consume(stored);
  });
}

Result<> stream_rejected_rows(duckdb::Connection& connection, const Dataset& dataset,
                              const std::vector<std::filesystem::path>& files,
                              const std::string& group, const ConsumeRejectedRow& consume,
                              const JobControl& control) {
  if (files.empty()) return {};
  auto result = TRY(connection.stream(rejected_rows_sql(dataset, files, group)));
  RejectedRow rejected;
  rejected.originals.resize(dataset.source.columns.size());
  return result.for_each_row([&](const duckdb::RowView& row) -> Result<> {
    TRY(refuse_stopped(control));
    rejected.source_file = row.text(0);
    rejected.source_row = row.integer_or_null(1);
    split_reasons(row.text(2), rejected.reasons);
    for (ColumnIndex i = 0; i < rejected.originals.size(); ++i)
      rejected.originals[i] = row.text_or_null(3 + i);
    return consume(rejected);
  });
}

}  // namespace voucher::embedded
