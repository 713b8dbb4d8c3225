// Streams what explain --rows needs: the processed rows of a cell, and the rejected rows of its
// group, each with its place in the raw files.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/progress.h"
#include "engine/duckdb/connection.h"
#include "model/dataset.h"
#include "warehouse/cell_rows.h"

namespace voucher::embedded {

/// Warehouse::cell_rows() over these processed files.
[[nodiscard]] Result<> stream_cell_rows(duckdb::Connection& connection, const Dataset& dataset,
                                        const std::vector<std::filesystem::path>& files,
                                        const CellRowsRequest& request,
                                        const ConsumeStoredRow& consume, const JobControl& control);

/// Warehouse::rejected_rows() over these files of rejected rows.
[[nodiscard]] Result<> stream_rejected_rows(duckdb::Connection& connection, const Dataset& dataset,
                                            const std::vector<std::filesystem::path>& files,
                                            const std::string& group,
                                            const ConsumeRejectedRow& consume,
                                            const JobControl& control);

}  // namespace voucher::embedded
