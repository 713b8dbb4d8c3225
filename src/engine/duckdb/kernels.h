// SQL functions over the code of decision/parse.h, so that a file's values and a request's are read
// by the same machine code: voucher_integer(VARCHAR | DOUBLE), voucher_timestamp(VARCHAR |
// TIMESTAMP | TIMESTAMP_NS), and voucher_text(TIMESTAMP) for CSV. What they cannot read is NULL.
#pragma once

#include "base/result.h"
#include "engine/duckdb/connection.h"

namespace voucher::duckdb {

/// Makes the functions known to every connection of the database.
[[nodiscard]] Result<> register_kernels(Connection& connection);

}  // namespace voucher::duckdb
