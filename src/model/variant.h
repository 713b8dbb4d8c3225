// One way to segment: a whole number computed from a row, and labelled ranges of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "model/column.h"

namespace voucher {

/// Whole numbers from `from` to `to`, both included; an absent end is open.
struct Range {
  std::optional<std::int64_t> from;
  std::optional<std::int64_t> to;

  [[nodiscard]] bool contains(std::int64_t value) const {
    return (!from || *from <= value) && (!to || value <= *to);
  }
  friend bool operator==(const Range&, const Range&) = default;
};

/// "5..13", "38..", "..29", "..": the form of `allow_gaps`.
[[nodiscard]] std::string to_string(const Range& range);

struct Segment {
  std::string label;
  Range range;
  friend bool operator==(const Segment&, const Segment&) = default;
};

/// Position of a segment in Variant::segments.
using SegmentIndex = std::size_t;

/// The value of an integer column.
struct ColumnValue {
  ColumnIndex column = 0;
  friend bool operator==(const ColumnValue&, const ColumnValue&) = default;
};

/// Calendar days in UTC from a timestamp column to the clock: date(clock) - date(column).
struct DaysBetween {
  ColumnIndex column = 0;
  ColumnIndex clock = 0;  ///< the row's clock column; online, the request's as_of
  friend bool operator==(const DaysBetween&, const DaysBetween&) = default;
};

struct Variant {
  std::string name;
  std::variant<ColumnValue, DaysBetween> value;
  std::vector<Segment> segments;  ///< in the definition's order, disjoint, labels unique
  std::vector<Range> allow_gaps;
  friend bool operator==(const Variant&, const Variant&) = default;
};

/// Position of a variant in Dataset::variants.
using VariantIndex = std::size_t;

/// The column whose value is segmented (not the clock).
[[nodiscard]] ColumnIndex value_column(const Variant& variant);

}  // namespace voucher
