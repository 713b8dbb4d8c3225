#include "decision/decide.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>
#include <functional>

#include "decision/sample_dataset.h"

namespace voucher {
namespace {

using Segments = std::vector<std::optional<SegmentIndex>>;

Decider decider_of(const std::function<void(HistoryCounts&)>& fill,
                   Dataset dataset = voucher_dataset()) {
  Snapshot snapshot;
  snapshot.definition = std::move(dataset);
  snapshot.history = HistoryCounts(snapshot.definition.variants);
  fill(snapshot.history);
  return Decider(std::move(snapshot));
}

std::array<Field, 6> row_of(std::string_view group, std::int64_t orders, std::int64_t days) {
  const Day today = to_day({2018, 7, 10});
  const Day last{today.since_epoch - days};
  return {Field::of(midnight(today)), Field::of(group),  Field::of(midnight(last)),
          Field::of(midnight(last)),  Field::of(orders), {}};
}

TEST(Decide, TakesTheSegmentsChoiceFirst) {
  const Decider decider = decider_of([](HistoryCounts& history) {
    history.add("Peru", Segments{0U, 1U}, 2640, 3);
    history.add("Peru", Segments{1U, 1U}, 3520, 4);
  });
  const auto row = row_of("peru", 2, 67);
  const Decision frequency = decider.decide(0, row);
  EXPECT_EQ(decider.outcome(frequency).choice->amount, 2640);
  EXPECT_EQ(decider.outcome(frequency).reason, DecisionReason::kSegment);
  const Decision recency = decider.decide(1, row);
  EXPECT_EQ(recency.segment, 1U);
  EXPECT_EQ(decider.outcome(recency).choice->amount, 3520);
  EXPECT_EQ(decider.outcome(recency).choice->runner_up, (RunnerUp{2640, 3}));
  EXPECT_EQ(decider.outcome(recency).choice->total, 7);
  EXPECT_EQ(format_iso(recency.next->day), "2018-08-03");
}

TEST(Decide, FallsBackToTheGroupThenToNothing) {
  const auto fill = [](HistoryCounts& history) {
    history.add("Peru", Segments{std::nullopt, 1U}, 2640, 3);
  };
  const Decider decider = decider_of(fill);
  const Decision fallback = decider.decide(0, row_of("PERU", 2, 67));
  EXPECT_EQ(fallback.segment, 0U);
  EXPECT_EQ(decider.outcome(fallback).reason, DecisionReason::kFallbackGroup);
  EXPECT_EQ(decider.outcome(fallback).choice->amount, 2640);
  const Decision unsegmented = decider.decide(0, row_of("Peru", 50, 67));
  EXPECT_EQ(unsegmented.segment, std::nullopt);
  EXPECT_EQ(decider.outcome(unsegmented).reason, DecisionReason::kFallbackGroup)
      << "unsegmented is never a segment's choice";
  const Decision unknown = decider.decide(0, row_of("Chile", 2, 67));
  EXPECT_EQ(decider.outcome(unknown).reason, DecisionReason::kNoData);
  EXPECT_FALSE(decider.outcome(unknown).choice);

  Dataset strict = voucher_dataset();
  strict.decision.fallback_to_group = false;
  const Decider without = decider_of(fill, strict);
  EXPECT_EQ(without.outcome(without.decide(0, row_of("Peru", 2, 67))).reason,
            DecisionReason::kNoData);
}

TEST(Decide, NullIsNeverAChoiceAndZeroIs) {
  const Decider decider = decider_of([](HistoryCounts& history) {
    history.add("Peru", Segments{0U, 0U}, std::nullopt, 100);
    history.add("Peru", Segments{0U, 0U}, 0, 1);
    history.add("China", Segments{0U, 0U}, std::nullopt, 100);
  });
  EXPECT_EQ(decider.outcome(decider.decide(0, row_of("Peru", 0, 30))).choice->amount, 0);
  EXPECT_EQ(decider.outcome(decider.decide(0, row_of("China", 0, 30))).reason,
            DecisionReason::kNoData);
}

TEST(Decide, FindsLongGroupNames) {
  const std::string name(500, 'A');
  const Decider decider =
      decider_of([&](HistoryCounts& history) { history.add(name, Segments{0U, 0U}, 7, 1); });
  EXPECT_EQ(decider.find_group(std::string(500, 'a')), 0U);
  EXPECT_EQ(decider.find_group(std::string(499, 'a')), decider.group_count());
}

TEST(Choose, BreaksTiesByTheLowestAmount) {
  AmountCounts counts;
  counts.add(3520, 5);
  counts.add(2640, 5);
  counts.add(4400, 1);
  const auto choice = choose(counts, {});
  EXPECT_EQ(choice->amount, 2640);
  EXPECT_EQ(choice->runner_up, (RunnerUp{3520, 5}));
  EXPECT_TRUE(choice->tie);
  EXPECT_EQ(choice->total, 11);
  EXPECT_FALSE(choose(counts, {true, 6})) << "below min_support";
  EXPECT_FALSE(choose({}, {}));
}

RC_GTEST_PROP(Choose, AgreesWithSorting, ()) {
  const auto amounts = *rc::gen::container<std::vector<int>>(rc::gen::inRange(-3, 4));
  AmountCounts counts;
  for (const int amount : amounts) counts.add(amount, 1);
  std::vector<std::pair<std::int64_t, std::int64_t>> order(counts.by_amount.begin(),
                                                           counts.by_amount.end());
  std::ranges::sort(order, [](const auto& a, const auto& b) {
    return std::pair(-a.second, a.first) < std::pair(-b.second, b.first);
  });
  const auto choice = choose(counts, {});
  RC_ASSERT(choice.has_value() == !order.empty());
  if (!choice) return;
  RC_ASSERT(choice->amount == order[0].first && choice->support == order[0].second);
  RC_ASSERT(choice->runner_up.has_value() == (order.size() > 1));
  if (order.size() > 1)
    RC_ASSERT(*choice->runner_up == (RunnerUp{order[1].first, order[1].second}));
  RC_ASSERT(choice->tie == (order.size() > 1 && order[1].second == order[0].second));
}

TEST(Counts, ShowTheMostFrequentSpellingThenTheSmallestBytes) {
  GroupCounts counts;
  counts.spellings = {{"PERU", 2}, {"Peru", 3}, {"peru", 1}};
  EXPECT_EQ(counts.shown(), "Peru");
  counts.spellings = {{"peru", 2}, {"PERU", 2}};
  EXPECT_EQ(counts.shown(), "PERU");
}

HistoryCounts counts_of(
    const std::vector<std::pair<std::string, std::optional<std::int64_t>>>& rows) {
  HistoryCounts counts(voucher_dataset().variants);
  const std::vector<std::optional<SegmentIndex>> segments{1, std::nullopt};
  for (const auto& [group, amount] : rows) counts.add(group, segments, amount, 2);
  return counts;
}

TEST(Counts, AreAfterSubtractingAsIfRowsHadNeverBeenAdded) {
  const HistoryCounts before = counts_of({{"Peru", 5}, {"Peru", std::nullopt}});
  HistoryCounts counts = before;
  const HistoryCounts more = counts_of({{"PERU", 5}, {"Peru", 7}, {"Chile", 5}});
  counts += more;
  EXPECT_TRUE(counts.subtract(more));
  EXPECT_EQ(counts, before);
  EXPECT_TRUE(counts.subtract(before));
  EXPECT_EQ(counts, HistoryCounts(voucher_dataset().variants));
}

TEST(Counts, TellRowsThatWereNeverAddedFromOthers) {
  for (const auto& other :
       {counts_of({{"Chile", 5}}), counts_of({{"Peru", 7}}), counts_of({{"PERU", 5}}),
        counts_of({{"Peru", std::nullopt}}), counts_of({{"Peru", 5}, {"Peru", 5}})}) {
    HistoryCounts counts = counts_of({{"Peru", 5}});
    EXPECT_FALSE(counts.subtract(other));
  }
}

TEST(Counts, FoldAsciiOnly) {
  EXPECT_EQ(fold_ascii("ÉIRE Zz9"), "Éire zz9");
}

TEST(Counts, BalanceNeedsBothSums) {
  RowCounts rows{10, 6, 3, 1, {{"a", 2}, {"b", 1}}};
  EXPECT_TRUE(rows.balanced());
  rows.rejected_by["a"] = 1;
  EXPECT_FALSE(rows.balanced());
  rows = {10, 6, 3, 0, {{"a", 3}}};
  EXPECT_FALSE(rows.balanced());
}

}  // namespace
}  // namespace voucher
