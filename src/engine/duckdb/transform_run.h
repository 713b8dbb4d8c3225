// One run of the DuckDB engine: probes the files, runs the stages, checks that the rows add up.
#pragma once

#include <string>

#include "engine/duckdb/duckdb_engine.h"
#include "engine/engine.h"
#include "engine/text/block_index.h"

namespace voucher::duckdb {

struct TransformSettings {
  DuckdbOptions options;
  std::string row_hash = "hash";           ///< see DuckdbDialect; for tests
  std::uint64_t index_bytes = UINT64_MAX;  ///< at most, for hashes; never above a third of memory
  text::BlockLimits block_limits{};        ///< how CSV and JSON are cut
};

[[nodiscard]] Result<TransformOutcome> run_transform(const TransformSettings& settings,
                                                     const TransformRequest& request,
                                                     const JobControl& control);

}  // namespace voucher::duckdb
