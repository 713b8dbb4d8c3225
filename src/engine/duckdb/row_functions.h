// The SQL functions that show rows to a ledger: voucher_is_rejected, voucher_is_suspect and
// voucher_is_processed, with the arguments that RowLedger's methods name.
#pragma once

#include "engine/duckdb/connection.h"
#include "engine/duckdb/row_ledger.h"
#include "model/dataset.h"

namespace voucher::duckdb {

/// The ledger must outlive every query of the database that calls the functions.
[[nodiscard]] Result<> register_row_functions(Connection& connection, const Dataset& dataset,
                                              RowLedger& ledger);

}  // namespace voucher::duckdb
