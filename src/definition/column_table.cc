#include "definition/column_table.h"

#include <algorithm>
#include <string>

#include "base/suggest.h"
#include "definition/names.h"

namespace voucher {

void ColumnTable::add(Column column, std::optional<ColumnType> type) {
  if (type) column.type = *type;
  columns_.push_back(std::move(column));
  has_type_.push_back(type.has_value());
}

std::optional<ColumnIndex> ColumnTable::find(std::string_view name) const {
  const auto found = std::ranges::find(columns_, name, &Column::name);
  if (found == columns_.end()) return std::nullopt;
  return static_cast<ColumnIndex>(found - columns_.begin());
}

std::optional<ColumnIndex> ColumnTable::find_any_case(std::string_view name) const {
  const auto found = std::ranges::find_if(
      columns_, [name](const Column& column) { return same_name(column.name, name); });
  if (found == columns_.end()) return std::nullopt;
  return static_cast<ColumnIndex>(found - columns_.begin());
}

std::optional<ColumnIndex> ColumnTable::resolve(std::string_view name, Position where,
                                                Mistakes& mistakes, std::string_view hint) const {
  const auto index = find(name);
  if (index || !readable_) return index;
  std::vector<std::string> names;
  for (const Column& column : columns_) names.push_back(column.name);
  mistakes.add(where, "unknown column '{}'{}{}", name, did_you_mean(name, names), hint);
  return std::nullopt;
}

std::optional<ColumnIndex> ColumnTable::resolve_typed(std::string_view name, ColumnType type,
                                                      std::string_view use, Position where,
                                                      Mistakes& mistakes) const {
  const auto index = resolve(name, where, mistakes);
  if (!index || !has_type(*index)) return std::nullopt;
  if (at(*index).type == type) return index;
  mistakes.add(where, "{} must be a column of type {}; '{}' is of type {}", use, to_string(type),
               name, to_string(at(*index).type));
  return std::nullopt;
}

}  // namespace voucher
