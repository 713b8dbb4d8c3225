// From a row to its segment. The boundaries of a segment live in the definition and are read here
// only.
#pragma once

#include <cstdint>
#include <optional>

#include "base/calendar.h"
#include "decision/row.h"
#include "model/variant.h"

namespace voucher {

/// The number that a variant segments; nullopt where a column it reads has no value.
[[nodiscard]] std::optional<std::int64_t> value_of(const Variant& variant, Row row) noexcept;

/// The segment that holds `value`; nullopt is unsegmented.
[[nodiscard]] std::optional<SegmentIndex> classify(const Variant& variant,
                                                   std::int64_t value) noexcept;

/// When and to what a segment changes while the clock runs and nothing else happens.
struct NextSegment {
  Day day;                              ///< the first day of the new state
  std::optional<SegmentIndex> segment;  ///< nullopt: unsegmented
};

/// The next change after `today` for a value of days; nullopt where the variant has no clock or
/// nothing changes.
[[nodiscard]] std::optional<NextSegment> next_segment(const Variant& variant, std::int64_t value,
                                                      Day today);

}  // namespace voucher
