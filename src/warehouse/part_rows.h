// The rows of a load before they become a part: those that earlier parts hold are taken out, and
// what is left is counted anew. The usual case, no such row, reads only the hashes of rows in
// overlapping time ranges and leaves the file as it is. Files are read by DuckDB, whatever engine
// wrote them and whatever warehouse they go to.
#pragma once

#include <filesystem>
#include <vector>

#include "base/progress.h"
#include "engine/duckdb/connection.h"
#include "engine/engine.h"
#include "warehouse/manifest.h"

namespace voucher {

/// Fails with kRefused where a Parquet file does not hold what the transform said: the columns with
/// their types, and the numbers of rows.
[[nodiscard]] Result<> check_outputs(duckdb::Connection& connection, const Dataset& dataset,
                                     const TransformOutcome& outcome);

/// Fails with kRefused where a Parquet file does not hold the columns of the definition's processed
/// rows with their types, or not so many rows.
[[nodiscard]] Result<> check_processed(duckdb::Connection& connection, const Dataset& dataset,
                                       const std::filesystem::path& file, std::int64_t rows);

/// Takes the rows out of `outcome` that `earlier` files hold, equal in every declared column: its
/// rows, counts and processed file (then the new file `rest`) are those of what is left. Changes
/// nothing where there are none.
[[nodiscard]] Result<> remove_earlier_rows(duckdb::Connection& connection, const Dataset& dataset,
                                           const std::vector<std::filesystem::path>& earlier,
                                           const std::filesystem::path& rest,
                                           TransformOutcome& outcome, const JobControl& control);

}  // namespace voucher
