// How a raw column is stored in a file, as far as reading it makes a difference.
#pragma once

#include <optional>
#include <string_view>

#include "model/column.h"

namespace voucher::sql {

enum class RawType {
  kText,
  kTextOrNumber,  ///< JSON: the token's text, and beside it the number that a token like 1e3 means
  kInteger,       ///< signed, up to 64 bits
  kUnsigned,      ///< unsigned, up to 64 bits
  kDecimal,       ///< exact, with a scale
  kReal,          ///< single or double precision
  kDate,          ///< days
  kInstant,       ///< seconds, milliseconds or microseconds, without a zone
  kInstantNanos,  ///< nanoseconds, without a zone
  kInstantWithZone  ///< an instant in UTC
};

/// Whether a column of the definition can be read from a column stored like that.
[[nodiscard]] bool can_read(ColumnType declared, RawType stored);

}  // namespace voucher::sql
