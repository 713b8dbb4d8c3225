// Parts of a version as Parquet files: for work that reads files, such as labelling rows anew or
// finding duplicates.
#pragma once

#include <filesystem>
#include <span>
#include <vector>

#include "base/progress.h"
#include "warehouse/load_request.h"
#include "warehouse/postgresql/row_copy.h"
#include "warehouse/postgresql/view_sql.h"

namespace voucher::postgresql {

/// What is exported from.
struct PartSource {
  const Dataset& dataset;
  const RowTables& tables;
  const std::vector<Part>& parts;  ///< of the version
};

/// What is wanted of it.
struct PartSelection {
  std::span<const std::size_t> positions;
  std::span<const TimeRange> within;  ///< rows outside may be left out; empty: none may
  bool rejected = true;               ///< rejected rows too
};

/// New files in `scratch`, in the order of the positions; a path is empty where there are no rows.
[[nodiscard]] Result<std::vector<PartFiles>> export_parts(Connection& connection,
                                                          duckdb::Connection& workspace,
                                                          const PartSource& source,
                                                          const PartSelection& selection,
                                                          const std::filesystem::path& scratch,
                                                          const JobControl& control);

}  // namespace voucher::postgresql
