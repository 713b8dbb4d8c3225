#include <algorithm>
#include <limits>
#include <tuple>

#include "report/definition_diff.h"

namespace voucher {
namespace {

/// Whether two variants segment the same number: columns go by their names.
bool same_value(const Dataset& before, const Variant& one, const Dataset& after,
                const Variant& other) {
  const auto name = [](const Dataset& dataset, ColumnIndex column) -> const std::string& {
    return dataset.source.columns[column].name;
  };
  if (one.value.index() != other.value.index() ||
      name(before, value_column(one)) != name(after, value_column(other)))
    return false;
  const auto* days = std::get_if<DaysBetween>(&one.value);
  const auto* other_days = std::get_if<DaysBetween>(&other.value);
  return days == nullptr || name(before, days->clock) == name(after, other_days->clock);
}

std::optional<SegmentIndex> find_label(const Variant& variant, const std::string& label) {
  const auto found = std::ranges::find(variant.segments, label, &Segment::label);
  if (found == variant.segments.end()) return std::nullopt;
  return static_cast<SegmentIndex>(found - variant.segments.begin());
}

/// A segment of `variant` with that range whose label `other` does not have.
std::optional<SegmentIndex> find_renamed(const Variant& variant, const Range& range,
                                         const Variant& other) {
  for (SegmentIndex i = 0; i < variant.segments.size(); ++i) {
    const Segment& segment = variant.segments[i];
    if (segment.range == range && !find_label(other, segment.label)) return i;
  }
  return std::nullopt;
}

}  // namespace

std::vector<SegmentPair> pair_segments(const Dataset& before, const Variant& variant_before,
                                       const Dataset& after, const Variant& variant_after) {
  const bool comparable = same_value(before, variant_before, after, variant_after);
  std::vector<SegmentPair> pairs;
  std::vector<bool> taken(variant_after.segments.size(), false);
  for (SegmentIndex i = 0; i < variant_before.segments.size(); ++i) {
    const Segment& segment = variant_before.segments[i];
    SegmentPair pair{i, find_label(variant_after, segment.label), false};
    if (!pair.after && comparable) {
      pair.after = find_renamed(variant_after, segment.range, variant_before);
      pair.renamed = pair.after.has_value();
    }
    if (pair.after) taken[*pair.after] = true;
    pairs.push_back(pair);
  }
  for (SegmentIndex i = 0; i < taken.size(); ++i) {
    if (!taken[i]) pairs.push_back({std::nullopt, i, false});
  }
  std::ranges::sort(pairs, {}, [&](const SegmentPair& pair) {
    const Range& range = pair.after ? variant_after.segments[*pair.after].range
                                    : variant_before.segments[*pair.before].range;
    // Of two that begin alike, the one that was there comes first.
    return std::tuple(range.from.value_or(std::numeric_limits<std::int64_t>::min()),
                      !pair.before.has_value(), pair.before, pair.after);
  });
  return pairs;
}

}  // namespace voucher
