#include "sample/shape.h"

#include <algorithm>

namespace voucher {
namespace {

constexpr std::int64_t kBillion = 1'000'000'000;
constexpr std::int64_t kRowsThatShowAllDirt = 100;

void add_columns(const Dataset& dataset, const SampleCondition& condition,
                 std::vector<ColumnIndex>& columns) {
  if (const auto* equal = std::get_if<ColumnIs>(&condition)) {
    columns.push_back(equal->column);
    return;
  }
  const Variant& variant = dataset.variants[std::get<SegmentIs>(condition).variant];
  columns.push_back(value_column(variant));
  if (const auto* days = std::get_if<DaysBetween>(&variant.value)) columns.push_back(days->clock);
}

std::vector<ColumnIndex> columns_read(const Dataset& dataset, const ColumnShape& shape) {
  std::vector<ColumnIndex> columns;
  if (const auto* days = std::get_if<DaysAway>(&shape.values)) columns.push_back(days->column);
  if (const auto* one_of = std::get_if<OneOf>(&shape.values)) {
    for (const WeightedCase& weighted : one_of->cases) {
      for (const SampleCondition& condition : weighted.when)
        add_columns(dataset, condition, columns);
    }
  }
  return columns;
}

}  // namespace

std::int64_t Dirt::rows_of(std::int64_t rows) const {
  const std::int64_t whole = rows / kBillion * per_billion;
  const std::int64_t rest = (rows % kBillion * per_billion + kBillion / 2) / kBillion;
  const std::int64_t count = whole + rest;
  return count == 0 && per_billion > 0 && rows >= kRowsThatShowAllDirt ? 1 : count;
}

std::optional<std::vector<std::size_t>> dependency_order(const Dataset& dataset,
                                                         const std::vector<ColumnShape>& columns) {
  std::vector<std::size_t> order;
  std::vector<bool> known(dataset.source.columns.size(), false);
  while (order.size() < columns.size()) {
    const std::size_t before = order.size();
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (known[columns[i].column]) continue;
      const auto read = columns_read(dataset, columns[i]);
      if (!std::ranges::all_of(read, [&](ColumnIndex column) { return known[column]; })) continue;
      known[columns[i].column] = true;
      order.push_back(i);
    }
    if (order.size() == before) return std::nullopt;
  }
  return order;
}

bool can_store(ColumnType type, StoredType stored) {
  if (stored == StoredType::kText) return true;
  const bool number = stored == StoredType::kInteger || stored == StoredType::kDouble;
  if (type == ColumnType::kInteger) return number;
  return type == ColumnType::kTimestamp && !number;
}

}  // namespace voucher
