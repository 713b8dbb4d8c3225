#include "warehouse/postgresql/live_parts.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "warehouse/postgresql/view_sql.h"

namespace voucher::postgresql {
namespace {

struct Run {
  PartKey from = 0;
  PartKey to = 0;
  std::int64_t rows_before = 0;  ///< of parts that are not live, since the run before
};

/// Live parts with no other existing part between them.
std::vector<Run> runs_of(const std::vector<StoredPart>& existing, const std::set<PartKey>& live) {
  std::vector<Run> runs;
  bool broken = true;
  std::int64_t between = 0;
  for (const StoredPart& part : existing) {
    if (!live.contains(part.part)) {
      broken = true;
      between += part.rows;
      continue;
    }
    if (broken) runs.push_back({part.part, part.part, between});
    runs.back().to = part.part;
    broken = false;
    between = 0;
  }
  return runs;
}

}  // namespace

LiveParts arrange_live_parts(const std::vector<StoredPart>& existing,
                             const std::vector<PartKey>& live) {
  const std::set<PartKey> wanted(live.begin(), live.end());
  LiveParts arranged;
  std::int64_t most = -1;
  for (const StoredPart& part : existing) {
    if (!wanted.contains(part.part) || part.rows <= most) continue;
    most = part.rows;
    arranged.first = part.part;
  }
  if (wanted.size() < 2) return arranged;
  std::vector<Run> runs = runs_of(existing, wanted);
  while (runs.size() > kLiveRanges) {
    const auto nearest =
        std::ranges::min_element(runs.begin() + 1, runs.end(), {}, &Run::rows_before);
    (nearest - 1)->to = nearest->to;
    runs.erase(nearest);
  }
  for (const Run& run : runs) {
    arranged.ranges.emplace_back(run.from, run.to);
    for (const StoredPart& part : existing) {
      if (run.from < part.part && part.part < run.to && !wanted.contains(part.part))
        arranged.skipped.push_back(part.part);
    }
  }
  return arranged;
}

std::string bounds_text(const LiveParts& parts) {
  std::vector<std::string> bounds;
  for (const auto& [from, to] : parts.ranges) {
    bounds.push_back(std::to_string(from));
    bounds.push_back(std::to_string(to));
  }
  return fmt::format("{{{}}}", fmt::join(bounds, ","));
}

std::string skipped_text(const LiveParts& parts) {
  return fmt::format("{{{}}}", fmt::join(parts.skipped, ","));
}

}  // namespace voucher::postgresql
