#include "definition/integer_set.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <iterator>
#include <set>

namespace voucher {
namespace {

constexpr std::int64_t kLow = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kHigh = std::numeric_limits<std::int64_t>::max();

std::vector<IntegerSpan> spans_of(const std::vector<std::pair<int, int>>& ends) {
  std::vector<IntegerSpan> spans;
  for (const auto& [a, b] : ends) spans.push_back({std::min(a, b), std::max(a, b)});
  return spans;
}

std::set<std::int64_t> members(const std::vector<IntegerSpan>& spans) {
  std::set<std::int64_t> numbers;
  for (const auto& [first, last] : spans) {
    for (std::int64_t i = first; i <= last; ++i) numbers.insert(i);
  }
  return numbers;
}

rc::Gen<std::vector<std::pair<int, int>>> some_ends() {
  const auto end = rc::gen::inRange(-12, 13);
  return rc::gen::container<std::vector<std::pair<int, int>>>(rc::gen::pair(end, end));
}

RC_GTEST_PROP(IntegerSetProperty, AgreesWithStdSet, ()) {
  const auto left = spans_of(*some_ends());
  const auto right = spans_of(*some_ends());
  const auto a = members(left);
  const auto b = members(right);
  std::set<std::int64_t> both;
  std::set<std::int64_t> only_left;
  std::set<std::int64_t> either;
  std::ranges::set_intersection(a, b, std::inserter(both, both.end()));
  std::ranges::set_difference(a, b, std::inserter(only_left, only_left.end()));
  std::ranges::set_union(a, b, std::inserter(either, either.end()));
  const IntegerSet x(left);
  const IntegerSet y(right);
  RC_ASSERT(members(x.spans()) == a);
  RC_ASSERT(members(x.intersect(y).spans()) == both);
  RC_ASSERT(members(x.without(y).spans()) == only_left);
  RC_ASSERT(members(x.unite(y).spans()) == either);
}

RC_GTEST_PROP(IntegerSetProperty, SpansAreAscendingAndNeverAdjacent, ()) {
  const IntegerSet set(spans_of(*some_ends()));
  for (std::size_t i = 1; i < set.spans().size(); ++i) {
    RC_ASSERT(set.spans()[i - 1].last + 1 < set.spans()[i].first);
  }
}

TEST(IntegerSetTest, HoldsTheEndsOf64Bits) {
  const IntegerSet ends({{kLow, kLow}, {kHigh, kHigh}});
  EXPECT_EQ(IntegerSet::all().without(ends), IntegerSet({{kLow + 1, kHigh - 1}}));
  EXPECT_TRUE(IntegerSet::all().without(IntegerSet::all()).empty());
  EXPECT_EQ(IntegerSet({{kLow, 0}, {1, kHigh}}), IntegerSet::all());
  EXPECT_EQ(IntegerSet({{5, kHigh}, {7, 9}}), IntegerSet({{5, kHigh}}));
}

}  // namespace
}  // namespace voucher
