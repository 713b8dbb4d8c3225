// A set of 64-bit whole numbers as disjoint ranges: the values that a column can have.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

namespace voucher {

/// From `first` to `last`, both included. REQUIRES: first <= last.
struct IntegerSpan {
  std::int64_t first = std::numeric_limits<std::int64_t>::min();
  std::int64_t last = std::numeric_limits<std::int64_t>::max();
  friend bool operator==(const IntegerSpan&, const IntegerSpan&) = default;
};

class IntegerSet {
 public:
  /// Empty.
  IntegerSet() = default;
  /// The union of the spans, in any order.
  explicit IntegerSet(std::vector<IntegerSpan> spans);

  /// All 64-bit numbers.
  [[nodiscard]] static IntegerSet all() { return IntegerSet({IntegerSpan{}}); }

  [[nodiscard]] bool empty() const { return spans_.empty(); }
  /// REQUIRES: not empty.
  [[nodiscard]] std::int64_t min() const { return spans_.front().first; }
  [[nodiscard]] std::int64_t max() const { return spans_.back().last; }
  /// Ascending, never adjacent.
  [[nodiscard]] const std::vector<IntegerSpan>& spans() const { return spans_; }

  [[nodiscard]] IntegerSet intersect(const IntegerSet& other) const;
  [[nodiscard]] IntegerSet without(const IntegerSet& other) const;
  [[nodiscard]] IntegerSet unite(const IntegerSet& other) const;
  friend bool operator==(const IntegerSet&, const IntegerSet&) = default;

 private:
  [[nodiscard]] IntegerSet complement() const;

  std::vector<IntegerSpan> spans_;
};

}  // namespace voucher
