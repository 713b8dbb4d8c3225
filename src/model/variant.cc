#include "model/variant.h"

namespace voucher {

std::string to_string(const Range& range) {
  return (range.from ? std::to_string(*range.from) : "") + ".." +
         (range.to ? std::to_string(*range.to) : "");
}

ColumnIndex value_column(const Variant& variant) {
  if (const auto* days = std::get_if<DaysBetween>(&variant.value)) return days->column;
  return std::get<ColumnValue>(variant.value).column;
}

}  // namespace voucher
