// Streams what verify needs: the distinct inputs of every variant among rows that were not verified
// under the version's definition yet, with the label that the engine stored.
#pragma once

#include <functional>

#include "base/progress.h"
#include "engine/duckdb/connection.h"
#include "warehouse/embedded/layout.h"

namespace voucher::embedded {

/// Warehouse::verify_inputs() over these files.
[[nodiscard]] Result<> stream_inputs(duckdb::Connection& connection, const Dataset& dataset,
                                     const std::vector<std::filesystem::path>& files,
                                     const std::function<Result<>(const VerifyInput&)>& consume,
                                     const JobControl& control);

}  // namespace voucher::embedded
