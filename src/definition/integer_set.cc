#include "definition/integer_set.h"

#include <algorithm>
#include <utility>

namespace voucher {

IntegerSet::IntegerSet(std::vector<IntegerSpan> spans) {
  std::ranges::sort(spans, {}, &IntegerSpan::first);
  for (const IntegerSpan& span : spans) {
    // `last + 1` would overflow at the top, where nothing can follow anyway.
    const bool joins = !spans_.empty() && (spans_.back().last == IntegerSpan{}.last ||
                                           span.first <= spans_.back().last + 1);
    if (joins) {
      spans_.back().last = std::max(spans_.back().last, span.last);
    } else {
      spans_.push_back(span);
    }
  }
}

IntegerSet IntegerSet::intersect(const IntegerSet& other) const {
  IntegerSet result;
  for (auto a = spans_.begin(), b = other.spans_.begin();
       a != spans_.end() && b != other.spans_.end();) {
    const IntegerSpan overlap{std::max(a->first, b->first), std::min(a->last, b->last)};
    if (overlap.first <= overlap.last) result.spans_.push_back(overlap);
    a->last < b->last ? static_cast<void>(++a) : static_cast<void>(++b);
  }
  return result;
}

IntegerSet IntegerSet::complement() const {
  IntegerSet result;
  std::int64_t next = IntegerSpan{}.first;
  for (const IntegerSpan& span : spans_) {
    if (next < span.first) result.spans_.push_back({next, span.first - 1});
    if (span.last == IntegerSpan{}.last) return result;
    next = span.last + 1;
  }
  result.spans_.push_back({next, IntegerSpan{}.last});
  return result;
}

IntegerSet IntegerSet::without(const IntegerSet& other) const {
  return intersect(other.complement());
}

IntegerSet IntegerSet::unite(const IntegerSet& other) const {
  std::vector<IntegerSpan> spans = spans_;
  spans.insert(spans.end(), other.spans_.begin(), other.spans_.end());
  return IntegerSet(std::move(spans));
}

}  // namespace voucher
