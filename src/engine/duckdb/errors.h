// DuckDB's error messages as Errors of ours.
#pragma once

#include <string_view>

#include "base/error.h"

namespace voucher::duckdb {

/// Kind by DuckDB's own class, which leads its message: I/O, permission, memory and lock errors are
/// kUnavailable; interrupts kInterrupted; errors about data kRefused; anything else kInternal. The
/// message is DuckDB's first line without the class; further lines become details.
[[nodiscard]] Error to_error(std::string_view message);

}  // namespace voucher::duckdb
