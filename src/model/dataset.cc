#include "model/dataset.h"

#include <algorithm>

namespace voucher {
namespace {

template <class T>
std::optional<std::size_t> find_named(const std::vector<T>& items, std::string_view name) {
  const auto found = std::ranges::find(items, name, &T::name);
  if (found == items.end()) return std::nullopt;
  return static_cast<std::size_t>(found - items.begin());
}

}  // namespace

std::optional<ColumnIndex> Dataset::find_column(std::string_view name) const {
  return find_named(source.columns, name);
}

std::optional<VariantIndex> Dataset::find_variant(std::string_view name) const {
  return find_named(variants, name);
}

bool Dataset::is_clock(ColumnIndex column) const {
  return std::ranges::any_of(variants, [column](const Variant& variant) {
    const auto* days = std::get_if<DaysBetween>(&variant.value);
    return days != nullptr && days->clock == column;
  });
}

std::vector<ColumnIndex> Dataset::request_columns() const {
  std::vector<ColumnIndex> columns;
  for (ColumnIndex i = 0; i < source.columns.size(); ++i) {
    if (i != decision.amount && !is_clock(i)) columns.push_back(i);
  }
  return columns;
}

}  // namespace voucher
