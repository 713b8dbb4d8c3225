#include "decision/classify.h"

#include <algorithm>
#include <limits>

namespace voucher {

std::optional<std::int64_t> value_of(const Variant& variant, Row row) noexcept {
  if (const auto* days = std::get_if<DaysBetween>(&variant.value)) {
    const Field& from = row[days->column];
    const Field& clock = row[days->clock];
    if (!from.has_value() || !clock.has_value()) return std::nullopt;
    return day_of(clock.instant()).since_epoch - day_of(from.instant()).since_epoch;
  }
  const Field& field = row[std::get<ColumnValue>(variant.value).column];
  if (!field.has_value()) return std::nullopt;
  return field.number;
}

std::optional<SegmentIndex> classify(const Variant& variant, std::int64_t value) noexcept {
  for (SegmentIndex i = 0; i < variant.segments.size(); ++i) {
    if (variant.segments[i].range.contains(value)) return i;
  }
  return std::nullopt;
}

std::optional<NextSegment> next_segment(const Variant& variant, std::int64_t value, Day today) {
  if (!std::holds_alternative<DaysBetween>(variant.value)) return std::nullopt;
  const auto now = classify(variant, value);
  std::optional<std::int64_t> change;
  const auto consider = [&](std::int64_t boundary) {
    if (boundary <= value || (change && *change <= boundary)) return;
    if (classify(variant, boundary) != now) change = boundary;
  };
  for (const Segment& segment : variant.segments) {
    if (segment.range.from) consider(*segment.range.from);
    if (segment.range.to && *segment.range.to < std::numeric_limits<std::int64_t>::max()) {
      consider(*segment.range.to + 1);
    }
  }
  // A change after the last valid year never comes: no request can carry that clock.
  const std::int64_t days_left = day_of(kTimestampLimit).since_epoch - today.since_epoch;
  if (!change || *change >= value + days_left) return std::nullopt;
  return NextSegment{Day{today.since_epoch + (*change - value)}, classify(variant, *change)};
}

}  // namespace voucher
