#include "report/plan_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/plan_fixture.h"

namespace voucher {
namespace {

using plan_fixture::HistoryRow;
using plan_fixture::merged_dataset;
using plan_fixture::merged_history;
using plan_fixture::planned;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(PlanText, OfMergedSegmentsReadsLikeThis) {
  const std::string text =
      plan_text(compare_states(planned(voucher_dataset(), merged_dataset(), merged_history())));
  const std::string expected = R"(customer/voucher: a run would change version 7

Definition
  ~ recency_segment: segments 61-90 and 91-120 are merged into 61-120 (61..120)

Rows: the same 8 are processed

Moves in frequency_segment: none

Moves in recency_segment: 7 of 8 rows
  country_code    from      to  rows
  all            61-90  61-120     4
  all           91-120  61-120     3
  China          61-90  61-120     1
  China         91-120  61-120     1
  Peru           61-90  61-120     3
  Peru          91-120  61-120     2

Choices: 2 appear, 0 change, 4 disappear; 4 stay, 0 of them with other counts
  country_code  variant          segment           choice      live                planned
  China         recency_segment  61-90 -> (gone)   disappears  300 (1 of 1, 100.0 %)  none
)";
  // The table of choices is compared by its lines below: widths follow the widest cell.
  EXPECT_THAT(text, HasSubstr(expected.substr(0, expected.find("  country_code  variant"))));
  for (const char* line : {"61-90 -> (gone)", "(new) -> 61-120", "100 (3 of 5, 60.0 %)"})
    EXPECT_THAT(text, HasSubstr(line));
  EXPECT_THAT(text, HasSubstr("Decided amounts that change\n"));
  EXPECT_THAT(text,
              HasSubstr("Money: sum of the decided voucher_amount over the rows that stay\n"));
  EXPECT_THAT(text, testing::ContainsRegex("recency_segment +all +8 +1,600 +1,400 +-200 +0 +0\n"));
  EXPECT_THAT(text, testing::ContainsRegex("recency_segment +Peru +5 +700 +500 +-200 +0 +0\n"));
  EXPECT_THAT(text, Not(HasSubstr("recency_segment  China"))) << "no difference, no line";
}

TEST(PlanText, SaysInOneLineThatNothingChanges) {
  EXPECT_EQ(
      plan_text(compare_states(planned(voucher_dataset(), voucher_dataset(), merged_history()))),
      "customer/voucher: nothing changes against version 7\n");
}

TEST(PlanText, ShowsTheAccountingWhereRowsComeOrGo) {
  std::vector<HistoryRow> rows = merged_history();
  rows[0].after = false;
  PlannedChange change = planned(voucher_dataset(), voucher_dataset(), rows);
  change.after.rows.raw += 1;
  change.after.rows.rejected = 1;
  change.after.rows.rejected_by["no_order"] = 1;
  const std::string text = plan_text(compare_states(change));
  EXPECT_THAT(text, testing::ContainsRegex("processed +8 +7 +-1\n"));
  EXPECT_THAT(text, testing::ContainsRegex("no_order +0 +1 +\\+1\n"));
  EXPECT_THAT(text, HasSubstr("7 rows stay processed, 0 become so, 1 stop\n"));
  EXPECT_THAT(text, HasSubstr("(not processed)"));
}

TEST(PlanText, CutsLongTablesAndSaysSo) {
  const std::string text =
      plan_text(compare_states(planned(voucher_dataset(), merged_dataset(), merged_history())),
                {.longest_table = 2});
  EXPECT_THAT(text, AllOf(HasSubstr("  … and 4 more: --json and --html have them all\n"),
                          Not(HasSubstr("Peru          91-120"))));
}

TEST(PlanText, NamesVariantsThatCannotBeCompared) {
  Dataset after = voucher_dataset();
  after.variants[0].name = "orders";
  const std::string text =
      plan_text(compare_states(planned(voucher_dataset(), after, merged_history())));
  EXPECT_THAT(text, HasSubstr("Variants added: orders; moves and money leave them out"));
  EXPECT_THAT(text, HasSubstr("Variants removed: frequency_segment; moves"));
}

TEST(PlanHeadline, SaysWhatThePlanIsAbout) {
  PlannedChange change = planned(voucher_dataset(), merged_dataset(), merged_history());
  EXPECT_EQ(plan_headline(compare_states(change)),
            "customer/voucher: a run would change version 7");
  change.live.reset();
  EXPECT_EQ(plan_headline(compare_states(change)),
            "customer/voucher: nothing is live yet, a run would make the first version");
}

}  // namespace
}  // namespace voucher
