#include "warehouse/postgresql/live_parts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <set>

#include "warehouse/postgresql/view_sql.h"

namespace voucher::postgresql {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

std::vector<StoredPart> parts(std::initializer_list<PartKey> keys) {
  std::vector<StoredPart> stored;
  for (const PartKey key : keys) stored.push_back({key, 10});
  return stored;
}

TEST(LiveParts, OfOnePartAreAComparisonOnly) {
  const LiveParts live = arrange_live_parts(parts({3, 5, 8}), {5});
  EXPECT_EQ(live.first, 5);
  EXPECT_THAT(live.ranges, IsEmpty());
  EXPECT_EQ(bounds_text(live), "{}");
  EXPECT_EQ(skipped_text(live), "{}");
}

TEST(LiveParts, OfNonePartAreNone) {
  const LiveParts live = arrange_live_parts(parts({3, 5, 8}), {});
  EXPECT_EQ(live.first, std::nullopt);
  EXPECT_THAT(live.ranges, IsEmpty());
}

TEST(LiveParts, ComeFirstByRows) {
  EXPECT_EQ(arrange_live_parts({{1, 10}, {2, 99}, {3, 500}}, {1, 2}).first, 2);
}

TEST(LiveParts, AreARangeWhereNoOtherPartLiesBetween) {
  const LiveParts live = arrange_live_parts(parts({1, 4, 9, 12, 20}), {4, 9, 12});
  EXPECT_THAT(live.ranges, ElementsAre(Pair(4, 12)));
  EXPECT_THAT(live.skipped, IsEmpty());
  EXPECT_EQ(bounds_text(live), "{4,12}");
}

TEST(LiveParts, JoinRangesOverTheFewestRowsWhereTheyAreTooMany) {
  std::vector<StoredPart> existing;
  std::vector<PartKey> wanted;
  for (PartKey part = 1; part <= 11; ++part) {
    existing.push_back({part, part == 6 ? 1 : 100});
    if (part % 2 == 1) wanted.push_back(part);
  }
  const LiveParts live = arrange_live_parts(existing, wanted);
  EXPECT_EQ(live.ranges.size(), kLiveRanges);
  EXPECT_TRUE(std::ranges::find(live.skipped, 6) != live.skipped.end());
  EXPECT_EQ(live.skipped.size(), 2);
}

/// What the views ask of each row.
bool is_shown(const LiveParts& live, PartKey part) {
  const bool in_range = std::ranges::any_of(
      live.ranges, [&](const auto& range) { return range.first <= part && part <= range.second; });
  return (live.first == part || in_range) &&
         std::ranges::find(live.skipped, part) == live.skipped.end();
}

RC_GTEST_PROP(LiveParts, ShowExactlyTheWantedParts, (const std::set<int>& existing_keys)) {
  std::vector<StoredPart> existing;
  std::vector<PartKey> wanted;
  for (const int key : existing_keys) {
    existing.push_back({key, *rc::gen::inRange<std::int64_t>(0, 100)});
    if (*rc::gen::arbitrary<bool>()) wanted.push_back(key);
  }
  const LiveParts live = arrange_live_parts(existing, wanted);
  RC_ASSERT(live.ranges.size() <= kLiveRanges);
  for (const StoredPart& part : existing) {
    const bool is_wanted = std::ranges::find(wanted, part.part) != wanted.end();
    RC_ASSERT(is_shown(live, part.part) == is_wanted);
  }
}

}  // namespace
}  // namespace voucher::postgresql
