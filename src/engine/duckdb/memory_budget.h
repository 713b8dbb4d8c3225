// How much memory a database may use.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "engine/duckdb/connection.h"

namespace voucher::duckdb {

/// The limit in bytes that the database runs under, rounded as DuckDB shows it.
[[nodiscard]] Result<std::int64_t> memory_limit_of(Connection& connection);

}  // namespace voucher::duckdb
