#include "warehouse/embedded/verification.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "sql/parquet_files.h"
#include "sql/quote.h"

namespace voucher::embedded {
namespace {

/// The group, then what the variant's value reads; a column is named once.
std::vector<ColumnIndex> input_columns(const Dataset& dataset, const Variant& variant) {
  std::vector<ColumnIndex> columns{dataset.decision.group_by};
  const auto add = [&](ColumnIndex column) {
    if (std::ranges::find(columns, column) == columns.end()) columns.push_back(column);
  };
  add(value_column(variant));
  if (const auto* days = std::get_if<DaysBetween>(&variant.value)) add(days->clock);
  return columns;
}

std::string input_expression(const Column& column) {
  const std::string name = sql::quote_identifier(column.name);
  if (column.type != ColumnType::kTimestamp) return name;
  return fmt::format("epoch_us(date_trunc('day', {}))", name);
}

std::string inputs_sql(const Dataset& dataset, const Variant& variant,
                       const std::vector<ColumnIndex>& columns,
                       const std::vector<std::filesystem::path>& files) {
  std::vector<std::string> expressions;
  for (const ColumnIndex column : columns)
    expressions.push_back(input_expression(dataset.source.columns[column]));
  expressions.push_back(sql::quote_identifier(variant.name));
  return fmt::format("SELECT {0}, count(*) FROM {1} GROUP BY {0}", fmt::join(expressions, ", "),
                     sql::parquet_files_sql(files));
}

Field field_of(ColumnType type, const duckdb::RowView& row, std::size_t column) {
  if (row.is_null(column)) return Field::missing();
  return type == ColumnType::kString ? Field::of(row.text(column)) : Field::of(row.integer(column));
}

Result<> stream_variant(duckdb::Connection& connection, const Dataset& dataset,
                        VariantIndex variant, const std::vector<std::filesystem::path>& files,
                        const std::function<Result<>(const VerifyInput&)>& consume,
                        const JobControl& control) {
  const auto columns = input_columns(dataset, dataset.variants[variant]);
  auto result =
      TRY(connection.stream(inputs_sql(dataset, dataset.variants[variant], columns, files)));
  VerifyInput input;
  input.variant = variant;
  input.row.resize(dataset.source.columns.size());
  return result.for_each_row([&](const duckdb::RowView& row) -> Result<> {
    if (control.stop.stop_requested()) return fail(ErrorKind::kInterrupted, "interrupted");
    for (std::size_t i = 0; i < columns.size(); ++i)
      input.row[columns[i]] = field_of(dataset.source.columns[columns[i]].type, row, i);
    input.label = row.text_or_null(columns.size());
    input.rows = row.integer(columns.size() + 1);
    return consume(input);
  });
}

}  // namespace

Result<> stream_inputs(duckdb::Connection& connection, const Dataset& dataset,
                       const std::vector<std::filesystem::path>& files,
                       const std::function<Result<>(const VerifyInput&)>& consume,
                       const JobControl& control) {
  if (files.empty()) return {};
  for (VariantIndex v = 0; v < dataset.variants.size(); ++v)
    TRY(stream_variant(connection, dataset, v, files, consume, control));
  return {};
}

}  // namespace voucher::embedded
