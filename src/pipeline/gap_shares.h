// How many rows of real data fall into each gap between segments.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "engine/engine.h"

namespace voucher {

struct GapRows {
  VariantIndex variant = 0;
  Range gap;
  std::int64_t rows = 0;  ///< processed rows in the gap
};

struct GapShares {
  RowCounts rows;             ///< of the files
  std::vector<GapRows> gaps;  ///< by variant, then ascending
};

/// Runs the ordinary transform with the gaps as segments, in a temporary folder that is removed.
/// `gaps` has the real gaps of each variant.
[[nodiscard]] Result<GapShares> measure_gaps(const Dataset& dataset,
                                             const std::vector<std::vector<Range>>& gaps,
                                             std::vector<SourceFile> files, Engine& engine,
                                             const JobControl& control);

}  // namespace voucher
