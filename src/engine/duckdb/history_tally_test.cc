#include "engine/duckdb/history_tally.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace voucher::duckdb {
namespace {

std::vector<Variant> two_variants() {
  std::vector<Variant> variants(2);
  variants[0].segments.resize(3);
  variants[1].segments.resize(1);
  return variants;
}

RC_GTEST_PROP(HistoryTally, CountsAsHistoryCountsDoes, ()) {
  const std::vector<Variant> variants = two_variants();
  HistoryCounts expected(variants);
  std::vector<HistoryTally> tallies(2, HistoryTally(variants));
  const int rows = *rc::gen::inRange(0, 3'000);
  for (int i = 0; i < rows; ++i) {
    const auto group = *rc::gen::element<std::string>("Peru", "PERU", "", "China");
    const std::int64_t first = *rc::gen::inRange(0, 4);
    const std::int64_t second = *rc::gen::inRange(0, 2);
    const std::int64_t amount = *rc::gen::inRange(-2, 500);
    const auto value = amount == 3 ? std::nullopt : std::optional(amount);
    HistoryTally& tally = tallies[static_cast<std::size_t>(i % 2)];
    tally.add(group, tally.cell_of(tally.cell_of(0, 0, first), 1, second), value);
    const std::vector<std::optional<SegmentIndex>> segments{
        first == 3 ? std::nullopt : std::optional<SegmentIndex>(first),
        second == 1 ? std::nullopt : std::optional<SegmentIndex>(second)};
    expected.add(group, segments, value, 1);
  }
  HistoryCounts counted(variants);
  for (const HistoryTally& tally : tallies) tally.add_to(counted);
  RC_ASSERT(counted == expected);
}

}  // namespace
}  // namespace voucher::duckdb
