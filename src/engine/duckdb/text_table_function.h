// The table function over a TextSource, as DuckDB's C API wants it.
#pragma once

#include "base/result.h"
#include "engine/duckdb/connection.h"

namespace voucher::duckdb {

class TextSource;

/// Registers voucher_csv and voucher_json; the source must outlive every query that calls them.
[[nodiscard]] Result<> register_text_table(Connection& connection, TextSource& source);

}  // namespace voucher::duckdb
