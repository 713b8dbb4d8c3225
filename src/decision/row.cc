#include "decision/row.h"

#include "decision/parse.h"

namespace voucher {

Field parse_field(ColumnType type, std::string_view text) noexcept {
  if (text.empty()) return Field::missing();
  switch (type) {
    case ColumnType::kString: return Field::of(text);
    case ColumnType::kInteger: {
      const auto number = parse_integer(text);
      return number ? Field::of(*number) : Field::malformed();
    }
    case ColumnType::kTimestamp: {
      const auto instant = parse_timestamp(text);
      return instant ? Field::of(*instant) : Field::malformed();
    }
  }
  return Field::malformed();
}

}  // namespace voucher
