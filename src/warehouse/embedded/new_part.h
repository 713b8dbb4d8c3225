// The rows of a load before they become a part: those that earlier parts hold are taken out, and
// what is left is counted anew. The usual case, no such row, reads only the hashes of rows in
// overlapping time ranges and leaves the file as it is.
#pragma once

#include <filesystem>
#include <vector>

#include "base/progress.h"
#include "engine/duckdb/connection.h"
#include "engine/engine.h"
#include "warehouse/manifest.h"

namespace voucher::embedded {

/// Fails with kRefused where a Parquet file does not hold what the transform said: the columns with
/// their types, and the numbers of rows.
[[nodiscard]] Result<> check_outputs(duckdb::Connection& connection, const Dataset& dataset,
                                     const TransformOutcome& outcome);

/// Those of `parts` whose rows may equal some of a file with these time ranges.
[[nodiscard]] std::vector<Part> overlapping_parts(const std::vector<Part>& parts,
                                                  const std::vector<TimeRange>& ranges);

/// Takes the rows out of `outcome` that `earlier` files hold, equal in every declared column: its
/// rows, counts, time ranges and processed file (then the new file `rest`) are those of what is
/// left. Changes nothing where there are none.
[[nodiscard]] Result<> remove_earlier_rows(duckdb::Connection& connection, const Dataset& dataset,
                                           const std::vector<std::filesystem::path>& earlier,
                                           const std::filesystem::path& rest,
                                           TransformOutcome& outcome, const JobControl& control);

/// The counts of a processed file. kRefused where it has a label that the definition lacks.
[[nodiscard]] Result<HistoryCounts> count_rows(duckdb::Connection& connection,
                                               const Dataset& dataset,
                                               const std::filesystem::path& file);

}  // namespace voucher::embedded
