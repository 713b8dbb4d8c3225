#include "warehouse/postgresql/verification.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "warehouse/postgresql/copy_reader.h"

namespace voucher::postgresql {
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

std::string inputs_sql(const Dataset& dataset, VariantIndex variant,
                       const std::vector<ColumnIndex>& columns, TableKey table,
                       const std::vector<PartKey>& parts) {
  std::vector<std::string> expressions;
  std::vector<std::string> places;
  for (const ColumnIndex column : columns) {
    const bool is_time = dataset.source.columns[column].type == ColumnType::kTimestamp;
    expressions.push_back(column_name(column) + (is_time ? "::date" : ""));
    places.push_back(std::to_string(expressions.size()));
  }
  expressions.push_back(variant_column_name(variant));
  places.push_back(std::to_string(expressions.size()));
  return fmt::format("SELECT {}, count(*) FROM {} WHERE part = ANY ('{{{}}}') GROUP BY {}",
                     fmt::join(expressions, ", "), row_table(RowKind::kProcessed, table),
                     fmt::join(parts, ","), fmt::join(places, ", "));
}

Field field_of(ColumnType type, const CopyRow& row, std::size_t column) {
  if (row.is_null(column)) return Field::missing();
  switch (type) {
    case ColumnType::kString: return Field::of(row.text(column));
    case ColumnType::kInteger: return Field::of(row.integer(column));
    case ColumnType::kTimestamp: return Field::of(midnight(row.day(column)));
  }
  return Field::missing();
}

}  // namespace

Result<> stream_inputs(Connection& connection, const Dataset& dataset, TableKey table,
                       const std::vector<PartKey>& parts,
                       const std::function<Result<>(const VerifyInput&)>& consume,
                       const JobControl& control) {
  if (parts.empty()) return {};
  VerifyInput input;
  for (VariantIndex v = 0; v < dataset.variants.size(); ++v) {
    const auto columns = input_columns(dataset, dataset.variants[v]);
    input.variant = v;
    input.row.assign(dataset.source.columns.size(), Field::missing());
    TRY(copy_out(
        connection, inputs_sql(dataset, v, columns, table, parts),
        [&](const CopyRow& row) -> Result<> {
          for (std::size_t i = 0; i < columns.size(); ++i)
            input.row[columns[i]] = field_of(dataset.source.columns[columns[i]].type, row, i);
          input.label = row.text_or_null(columns.size());
          input.rows = row.integer(columns.size() + 1);
          return consume(input);
        },
        control.stop));
  }
  return {};
}

}  // namespace voucher::postgresql
