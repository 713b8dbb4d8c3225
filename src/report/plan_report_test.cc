#include "report/plan_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>
#include <map>
#include <set>

#include "report/plan_fixture.h"

namespace voucher {
namespace {

using plan_fixture::HistoryRow;
using plan_fixture::label_of;
using plan_fixture::merged_dataset;
using plan_fixture::merged_history;
using plan_fixture::planned;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(PlanReport, OfMergedSegmentsNamesRowsChoicesAndMoney) {
  const PlanReport report =
      compare_states(planned(voucher_dataset(), merged_dataset(), merged_history()));
  EXPECT_TRUE(report.changes());
  EXPECT_EQ(report.flow, (RowFlow{8, 0, 0}));
  ASSERT_EQ(report.variants.size(), 2U);
  EXPECT_THAT(report.variants[0].moves, IsEmpty());
  const VariantMoves& recency = report.variants[1];
  EXPECT_EQ(recency.moved, 7);
  EXPECT_THAT(recency.moves, ElementsAre(SegmentMove{"61-90", "61-120", false, 4},
                                         SegmentMove{"91-120", "61-120", false, 3}));
  EXPECT_THAT(recency.stays, ElementsAre(SegmentMove{"unsegmented", "unsegmented", false, 1}));
  EXPECT_THAT(
      recency.groups,
      ElementsAre(
          GroupMoves{"China", {{"61-90", "61-120", false, 1}, {"91-120", "61-120", false, 1}}},
          GroupMoves{"Peru", {{"61-90", "61-120", false, 3}, {"91-120", "61-120", false, 2}}}));
  EXPECT_THAT(report.decisions, ElementsAre(DecisionChange{"Peru", "recency_segment", "91-120",
                                                           "61-120", 200, 100, 2}));
  EXPECT_EQ(report.money.difference(), -200);
  EXPECT_EQ(report.by_variant[1].money, (Money{8, 300 + 400 + 900, 500 + 900, 0, 0}));
  EXPECT_THAT(report.by_variant[1].groups, ElementsAre(GroupMoney{"China", {3, 900, 900, 0, 0}},
                                                       GroupMoney{"Peru", {5, 700, 500, 0, 0}}));
}

/// "group segment kind before after" of each change in recency_segment.
std::vector<std::string> cells_of(const PlanReport& report) {
  std::vector<std::string> cells;
  const auto amount = [](const std::optional<Choice>& choice) {
    return choice ? std::to_string(choice->amount) : std::string("-");
  };
  for (const CellChange& change : report.cells.changes) {
    cells.push_back(
        fmt::format("{} {} {}>{} {} {}>{}", change.group, change.variant.value_or("group"),
                    change.segment_before.value_or("-"), change.segment_after.value_or("-"),
                    to_string(change.kind), amount(change.before), amount(change.after)));
  }
  return cells;
}

TEST(PlanReport, ListsCellsByGroupThenWhereTheyBegin) {
  const PlanReport report =
      compare_states(planned(voucher_dataset(), merged_dataset(), merged_history()));
  EXPECT_THAT(cells_of(report), ElementsAre("China recency_segment 61-90>- disappears 300>-",
                                            "China recency_segment ->61-120 appears ->300",
                                            "China recency_segment 91-120>- disappears 300>-",
                                            "Peru recency_segment 61-90>- disappears 100>-",
                                            "Peru recency_segment ->61-120 appears ->100",
                                            "Peru recency_segment 91-120>- disappears 200>-"));
  EXPECT_EQ(report.cells.same_choice, 4) << "two groups and two cells of frequency_segment";
  EXPECT_EQ(report.cells.other_counts, 0);
}

TEST(PlanReport, ChangesNothingForTheSameState) {
  const PlanReport report =
      compare_states(planned(voucher_dataset(), voucher_dataset(), merged_history()));
  EXPECT_FALSE(report.changes());
  EXPECT_THAT(report.definition, IsEmpty());
  EXPECT_THAT(report.cells.changes, IsEmpty());
  EXPECT_THAT(report.decisions, IsEmpty());
  EXPECT_EQ(report.money.difference(), 0);
}

TEST(PlanReport, TellsARenamedSegmentFromMovedRows) {
  Dataset after = voucher_dataset();
  after.variants[1].segments[1].label = "two to three months";
  const PlanReport report = compare_states(planned(voucher_dataset(), after, merged_history()));
  EXPECT_EQ(report.variants[1].moved, 0);
  EXPECT_EQ(report.variants[1].renamed, 4);
  EXPECT_THAT(report.variants[1].moves,
              ElementsAre(SegmentMove{"61-90", "two to three months", true, 4}));
  EXPECT_THAT(report.cells.changes, IsEmpty()) << "the cells are the same ones";
  EXPECT_THAT(report.decisions, IsEmpty());
  EXPECT_TRUE(report.changes());
}

TEST(PlanReport, CountsRowsThatComeAndGoApartFromMoves) {
  std::vector<HistoryRow> rows = merged_history();
  rows[0].after = false;
  rows[3].before = false;
  const PlanReport report = compare_states(planned(voucher_dataset(), voucher_dataset(), rows));
  EXPECT_EQ(report.flow, (RowFlow{6, 1, 1}));
  EXPECT_EQ(report.variants[1].moved, 0);
  EXPECT_THAT(report.variants[1].moves,
              ElementsAre(SegmentMove{{}, "91-120", false, 1}, SegmentMove{"61-90", {}, false, 1}));
  EXPECT_EQ(report.money.rows, 12) << "six rows, once for each variant";
}

TEST(PlanReport, AgainstNothingHasOnlyRowsThatCome) {
  PlannedChange first = planned(voucher_dataset(), voucher_dataset(), merged_history());
  first.live.reset();
  first.before.rows = {};
  first.before.history = HistoryCounts(voucher_dataset().variants);
  for (LabelMove& move : first.moves) move.before.reset();
  const PlanReport report = compare_states(first);
  EXPECT_TRUE(report.changes());
  EXPECT_EQ(report.snapshot_before, "");
  EXPECT_EQ(report.flow, (RowFlow{0, 8, 0}));
  EXPECT_EQ(report.money, Money{});
  EXPECT_EQ(report.cells.same_choice, 0);
}

TEST(PlanReport, PairsVariantsByNameAndLeavesOthersOutOfTheMoney) {
  Dataset after = voucher_dataset();
  after.variants[0].name = "orders";
  const PlanReport report = compare_states(planned(voucher_dataset(), after, merged_history()));
  EXPECT_THAT(report.variants_added, ElementsAre("orders"));
  EXPECT_THAT(report.variants_removed, ElementsAre("frequency_segment"));
  ASSERT_EQ(report.by_variant.size(), 1U);
  EXPECT_EQ(report.by_variant[0].variant, "recency_segment");
  EXPECT_THAT(cells_of(report), ElementsAre("China orders ->5-13 appears ->300",
                                            "China frequency_segment 5-13>- disappears 300>-",
                                            "Peru orders ->0-4 appears ->100",
                                            "Peru frequency_segment 0-4>- disappears 100>-"));
}

TEST(PlanReport, CountsRowsWithoutAnyChoiceAsZeroAndByThemselves) {
  Dataset after = voucher_dataset();
  after.decision.choose.min_support = 4;
  after.decision.fallback_to_group = false;
  const PlanReport report = compare_states(planned(voucher_dataset(), after, merged_history()));
  const Money& recency = report.by_variant[1].money;
  EXPECT_EQ(recency, (Money{8, 300 + 400 + 900, 0, 0, 8}));
  EXPECT_THAT(report.decisions,
              testing::Contains(DecisionChange{"China", "recency_segment", "unsegmented",
                                               "unsegmented", 300, std::nullopt, 1}));
}

TEST(PlanReport, NotesOtherCountsBehindTheSameChoice) {
  std::vector<HistoryRow> rows = merged_history();
  rows.push_back({"China", 6, 65, 300, false, true});
  const PlanReport report = compare_states(planned(voucher_dataset(), voucher_dataset(), rows));
  EXPECT_THAT(report.cells.changes, IsEmpty());
  EXPECT_EQ(report.cells.other_counts, 3) << "China, its 61-90 and its 5-13";
}

TEST(PlanReport, SumsBeyondItsRangeStayAtTheEnd) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  std::vector<HistoryRow> rows(3, {"Peru", 1, 70, kMost});
  rows[0].after = rows[1].after = true;
  Dataset after = voucher_dataset();
  after.decision.choose.min_support = 9;
  const PlanReport report = compare_states(planned(voucher_dataset(), after, rows));
  EXPECT_EQ(report.money.before, kMost);
  EXPECT_EQ(report.money.after, 0);
  EXPECT_EQ(report.money.difference(), -kMost);
}

/// The decided amount of a row, by looking at every row.
std::optional<std::int64_t> decide_slowly(const Dataset& dataset, const Variant& variant,
                                          const std::vector<HistoryRow>& rows,
                                          bool HistoryRow::* present, const HistoryRow& asked) {
  const auto best = [&](bool of_segment) -> std::optional<std::int64_t> {
    std::map<std::int64_t, std::int64_t> counts;
    for (const HistoryRow& row : rows) {
      if (!(row.*present) || !row.amount || fold_ascii(row.group) != fold_ascii(asked.group))
        continue;
      if (of_segment && label_of(variant, row) != label_of(variant, asked)) continue;
      ++counts[*row.amount];
    }
    std::optional<std::int64_t> amount;
    for (const auto& [candidate, count] : counts)
      if (count >= dataset.decision.choose.min_support && (!amount || count > counts[*amount]))
        amount = candidate;
    return amount;
  };
  if (label_of(variant, asked)) {
    if (const auto amount = best(true)) return amount;
  }
  return dataset.decision.fallback_to_group ? best(false) : std::nullopt;
}

Dataset edited_dataset() {
  Dataset dataset = voucher_dataset();
  const std::int64_t first = *rc::gen::inRange<std::int64_t>(0, 5);
  const std::int64_t second = first + *rc::gen::inRange<std::int64_t>(1, 5);
  dataset.variants[0].segments = {{*rc::gen::element<std::string>("0-4", "few"), {0, first}},
                                  {"5-13", {first + 1, second}}};
  if (*rc::gen::inRange(0, 4) == 0) dataset.variants.erase(dataset.variants.begin() + 1);
  dataset.decision.choose.min_support = *rc::gen::inRange<std::int64_t>(1, 4);
  dataset.decision.fallback_to_group = *rc::gen::inRange(0, 2) == 0;
  return dataset;
}

std::vector<HistoryRow> random_history() {
  std::vector<HistoryRow> rows;
  const int count = *rc::gen::inRange(0, 40);
  for (int i = 0; i < count; ++i) {
    HistoryRow row;
    row.group = *rc::gen::element<std::string>("Peru", "PERU", "China", "Latvia");
    row.orders = *rc::gen::inRange<std::int64_t>(0, 12);
    row.days = *rc::gen::inRange<std::int64_t>(20, 130);
    if (*rc::gen::inRange(0, 6) != 0) row.amount = *rc::gen::element<std::int64_t>(0, 100, 200);
    row.before = *rc::gen::inRange(0, 6) != 0;
    row.after = *rc::gen::inRange(0, 6) != 0;
    rows.push_back(row);
  }
  return rows;
}

RC_GTEST_PROP(PlanReportProperty, MoneyAndMovesAreThoseOfEachRowByItself, ()) {
  const Dataset before = edited_dataset();
  const Dataset after = edited_dataset();
  const std::vector<HistoryRow> rows = random_history();
  const PlanReport report = compare_states(planned(before, after, rows));
  Money money;
  std::int64_t moved = 0;
  std::map<std::pair<std::string, std::string>, std::int64_t> by_group;
  for (const Variant& variant : before.variants) {
    const auto other = after.find_variant(variant.name);
    if (!other) continue;
    for (const HistoryRow& row : rows) {
      if (!row.before || !row.after) continue;
      const auto old_amount = decide_slowly(before, variant, rows, &HistoryRow::before, row);
      const auto new_amount =
          decide_slowly(after, after.variants[*other], rows, &HistoryRow::after, row);
      money += {1, old_amount.value_or(0), new_amount.value_or(0), old_amount ? 0 : 1,
                new_amount ? 0 : 1};
      by_group[{variant.name, fold_ascii(row.group)}] +=
          new_amount.value_or(0) - old_amount.value_or(0);
      if (label_of(variant, row) != label_of(after.variants[*other], row)) ++moved;
    }
  }
  RC_ASSERT(report.money == money);
  std::int64_t reported = 0;
  for (const VariantMoves& variant : report.variants) reported += variant.moved + variant.renamed;
  RC_ASSERT(reported == moved);
  std::int64_t explained = 0;
  for (const DecisionChange& change : report.decisions)
    explained += change.rows * (change.after.value_or(0) - change.before.value_or(0));
  RC_ASSERT(explained == money.difference());
  std::map<std::pair<std::string, std::string>, std::int64_t> reported_groups;
  for (const VariantMoney& variant : report.by_variant) {
    for (const GroupMoney& group : variant.groups)
      reported_groups[{variant.variant, fold_ascii(group.group)}] += group.money.difference();
  }
  RC_ASSERT(reported_groups == by_group);
}

}  // namespace
}  // namespace voucher
