// The parts of the live version as the public views find them: the executor leaves out partitions
// by comparisons and ranges, not by lists, so the parts are given as ranges over those that exist.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "warehouse/postgresql/schema_sql.h"

namespace voucher::postgresql {

struct StoredPart {
  PartKey part = 0;
  std::int64_t rows = 0;
};

/// A part is live where it is `first`, or lies within a range and is not in `skipped`.
struct LiveParts {
  std::optional<PartKey> first;                     ///< the one with the most rows
  std::vector<std::pair<PartKey, PartKey>> ranges;  ///< ascending, kLiveRanges at most
  std::vector<PartKey> skipped;  ///< of existing parts within the ranges; ascending
};

/// `existing`: all parts of the row table, ascending; `live`: those of the version, in any order.
/// Where the live ones do not form few enough ranges, those with the least rows between them are
/// joined.
[[nodiscard]] LiveParts arrange_live_parts(const std::vector<StoredPart>& existing,
                                           const std::vector<PartKey>& live);

/// As an integer[] with two elements a range, in PostgreSQL's text form.
[[nodiscard]] std::string bounds_text(const LiveParts& parts);
[[nodiscard]] std::string skipped_text(const LiveParts& parts);

}  // namespace voucher::postgresql
