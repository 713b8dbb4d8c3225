// Names and values as SQL text. Whatever goes into a statement and is not a parameter goes through
// here.
#pragma once

#include <string>
#include <string_view>

#include "base/calendar.h"

namespace voucher::sql {

/// `"name"`, with inner quotes doubled (DuckDB, PostgreSQL).
[[nodiscard]] std::string quote_identifier(std::string_view name);

/// The name as it is, or quoted where it would otherwise be read as another: as a person would
/// write it (PostgreSQL).
[[nodiscard]] std::string quote_if_needed(std::string_view name);

/// `'text'`, with inner quotes doubled; backslashes mean themselves (DuckDB, PostgreSQL).
[[nodiscard]] std::string quote_literal(std::string_view text);

/// `TIMESTAMP '2018-07-10 00:00:00'`; a fraction has six digits and is left out where zero.
[[nodiscard]] std::string timestamp_literal(Timestamp instant);

}  // namespace voucher::sql
