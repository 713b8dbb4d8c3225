// Runs the comparison of two states of a table on DuckDB.
#pragma once

#include <filesystem>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "engine/duckdb/duckdb_engine.h"
#include "engine/label_moves.h"

namespace voucher::duckdb {

/// Engine::compare_labels(). Files that both states hold, labelled alike, are only counted.
[[nodiscard]] Result<std::vector<LabelMove>> run_label_comparison(
    const DuckdbOptions& options, const LabelledTable& before, const LabelledTable& after,
    const std::filesystem::path& scratch, const JobControl& control);

}  // namespace voucher::duckdb
