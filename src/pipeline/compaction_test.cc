#include "pipeline/compaction.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <numeric>
#include <vector>

namespace voucher {
namespace {

using Sizes = std::vector<std::int64_t>;

TEST(Compaction, MergesEightAlikeAndNoneBefore) {
  EXPECT_EQ(first_to_merge(Sizes(7, 50'000)), std::nullopt);
  EXPECT_EQ(first_to_merge(Sizes(8, 50'000)), 0U);
  EXPECT_EQ(first_to_merge({}), std::nullopt);
}

TEST(Compaction, LeavesALargePartAloneUntilAsMuchLiesBesideIt) {
  Sizes sizes(9, 50'000);
  sizes[0] = 12'000'000;
  EXPECT_EQ(first_to_merge(sizes), 1U);
  sizes[0] = 8 * 50'000 / 7;
  EXPECT_EQ(first_to_merge(sizes), 0U);
}

TEST(Compaction, TakesTinyPartsForAlike) {
  EXPECT_EQ(first_to_merge(Sizes{9'000, 1, 0, 17, 3, 1, 1, 2}), 0U);
}

/// What runs of these sizes leave, and the rows they write beside their own.
std::pair<Sizes, std::int64_t> after_runs(const Sizes& runs) {
  Sizes parts;
  std::int64_t written = 0;
  for (const std::int64_t rows : runs) {
    if (const auto first = first_to_merge(parts)) {
      const auto begin = parts.begin() + static_cast<std::ptrdiff_t>(*first);
      const std::int64_t merged = std::accumulate(begin, parts.end(), std::int64_t{0});
      parts.erase(begin, parts.end());
      parts.push_back(merged);
      written += merged;
    }
    parts.push_back(rows);
  }
  return {parts, written};
}

TEST(Compaction, KeepsAYearOfDailyRunsToFewPartsAtTheCostOfFewWrites) {
  const Sizes year(365, 120'000);
  const auto [parts, written] = after_runs(year);
  EXPECT_LE(parts.size(), 22U);
  EXPECT_LE(written, 3 * 365 * std::int64_t{120'000});
}

RC_GTEST_PROP(Compaction, BoundsPartsAndWritesWhateverRunsBring, ()) {
  const auto magnitudes = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 70));
  Sizes runs;
  for (int repeat = 0; repeat < 20; ++repeat)
    for (const int magnitude : magnitudes)
      runs.push_back(static_cast<std::int64_t>(10'000 * std::exp(magnitude / 10.0)));
  const auto [parts, written] = after_runs(runs);
  const auto rows = static_cast<double>(std::accumulate(runs.begin(), runs.end(), std::int64_t{0}));
  constexpr double kGrowth = 8.0 / 7;
  const double levels = std::log(std::max(rows / 10'000, 1.0)) / std::log(kGrowth);
  RC_ASSERT(static_cast<double>(parts.size()) <= 2 + 8 + levels);
  RC_ASSERT(static_cast<double>(written) <= rows * (1 + levels));
}

}  // namespace
}  // namespace voucher
