// Stored rows written anew: labelled under another definition, or several files as one.
#pragma once

#include <filesystem>
#include <vector>

#include "engine/duckdb/duckdb_engine.h"
#include "engine/engine.h"

namespace voucher::duckdb {

/// Engine::relabel().
[[nodiscard]] Result<RelabelOutcome> run_relabel(const DuckdbOptions& options,
                                                 const RelabelRequest& request,
                                                 const JobControl& control);

/// Engine::concatenate().
[[nodiscard]] Result<> run_concatenate(const DuckdbOptions& options,
                                       const std::vector<std::filesystem::path>& files,
                                       const std::filesystem::path& out, const JobControl& control);

}  // namespace voucher::duckdb
