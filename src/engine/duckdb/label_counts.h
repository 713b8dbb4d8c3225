// The counts of rows that are labelled already, from the labels that are stored with them.
#pragma once

#include <filesystem>
#include <vector>

#include "base/result.h"
#include "decision/counts.h"
#include "engine/duckdb/connection.h"
#include "model/dataset.h"

namespace voucher::duckdb {

/// The counts of processed files. kRefused where one has a label that the definition lacks.
[[nodiscard]] Result<HistoryCounts> count_labels(Connection& connection, const Dataset& dataset,
                                                 const std::vector<std::filesystem::path>& files);

}  // namespace voucher::duckdb
