#include "decision/judge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "decision/sample_dataset.h"

namespace voucher {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> reasons(const Dataset& dataset, const std::vector<std::string>& texts) {
  std::vector<Field> row;
  for (std::size_t i = 0; i < texts.size(); ++i)
    row.push_back(parse_field(dataset.source.columns[i].type, texts[i]));
  const Judge judge(dataset);
  std::vector<ReasonIndex> found;
  judge.judge(row, found);
  std::vector<std::string> ids;
  for (const ReasonIndex index : found) ids.push_back(judge.reasons()[index].id);
  return ids;
}

TEST(Judge, PassesAValidRow) {
  EXPECT_THAT(
      reasons(voucher_dataset(), {"2018-07-10", "Peru", "2018-05-03", "2017-05-03", "15", "2640"}),
      IsEmpty());
  EXPECT_THAT(
      reasons(voucher_dataset(), {"2018-07-10", "Peru", "2018-05-03", "2018-05-03", "0", ""}),
      IsEmpty());
}

TEST(Judge, GivesAllReasonsImpliedOnesFirst) {
  EXPECT_THAT(
      reasons(voucher_dataset(), {"2018-07-10", "", "2018-07-11", "2018-07-12", "", "x"}),
      ElementsAre("country_code_missing", "total_orders_missing", "voucher_amount_malformed",
                  "last_order_after_assignment", "first_order_after_last_order"));
}

TEST(Judge, JudgesARuleOnlyWhereItsOwnColumnsParse) {
  EXPECT_THAT(
      reasons(voucher_dataset(), {"nonsense", "Peru", "2018-05-03", "2019-05-03", "-1", ""}),
      ElementsAre("timestamp_malformed", "first_order_after_last_order", "total_orders_negative"));
}

TEST(Judge, ComparesInstantsNotDays) {
  EXPECT_THAT(reasons(voucher_dataset(), {"2018-07-10 12:00:00", "Peru",
                                          "2018-07-10 12:00:00.000001", "2017-01-01", "1", "1"}),
              ElementsAre("last_order_after_assignment"));
}

TEST(Judge, SkipsRulesOfANullableColumnThatIsMissing) {
  Dataset dataset = voucher_dataset();
  dataset.clean.rules = {
      {"amount_positive", ColumnComparison{5, Comparison::kGreater, Literal(std::int64_t{0})}}};
  EXPECT_THAT(reasons(dataset, {"2018-07-10", "Peru", "2018-05-03", "2017-05-03", "15", ""}),
              IsEmpty());
  EXPECT_THAT(reasons(dataset, {"2018-07-10", "Peru", "2018-05-03", "2017-05-03", "15", "0"}),
              ElementsAre("amount_positive"));
}

TEST(Judge, KnowsEveryComparison) {
  const auto holds_for = [](Comparison comparison, const char* orders) {
    Dataset dataset = voucher_dataset();
    dataset.clean.rules = {{"rule", ColumnComparison{4, comparison, Literal(std::int64_t{5})}}};
    return reasons(dataset, {"2018-07-10", "Peru", "2018-05-03", "2017-05-03", orders, ""}).empty();
  };
  EXPECT_TRUE(holds_for(Comparison::kLess, "4") && !holds_for(Comparison::kLess, "5"));
  EXPECT_TRUE(holds_for(Comparison::kLessEqual, "5") && !holds_for(Comparison::kLessEqual, "6"));
  EXPECT_TRUE(holds_for(Comparison::kEqual, "5") && !holds_for(Comparison::kEqual, "6"));
  EXPECT_TRUE(holds_for(Comparison::kNotEqual, "6") && !holds_for(Comparison::kNotEqual, "5"));
  EXPECT_TRUE(holds_for(Comparison::kGreaterEqual, "5") &&
              !holds_for(Comparison::kGreaterEqual, "4"));
  EXPECT_TRUE(holds_for(Comparison::kGreater, "6") && !holds_for(Comparison::kGreater, "5"));
}

TEST(Judge, KnowsMembershipOfEachType) {
  Dataset dataset = voucher_dataset();
  dataset.clean.rules = {
      {"known_country", Membership{1, {std::string("Peru"), std::string("China")}}},
      {"known_orders", Membership{4, {std::int64_t{1}, std::int64_t{2}}}},
      {"known_day", Membership{3, {midnight(to_day({2017, 5, 3}))}}}};
  EXPECT_THAT(reasons(dataset, {"2018-07-10", "China", "2018-05-03", "2017-05-03", "2", ""}),
              IsEmpty());
  EXPECT_THAT(reasons(dataset, {"2018-07-10", "PERU", "2018-05-03", "2017-05-04", "3", ""}),
              ElementsAre("known_country", "known_orders", "known_day"));
}

TEST(Judge, ComparesStringsByBytes) {
  Dataset dataset = voucher_dataset();
  dataset.clean.rules = {
      {"up_to_m", ColumnComparison{1, Comparison::kLess, Literal(std::string("M"))}}};
  EXPECT_THAT(reasons(dataset, {"2018-07-10", "Latvia", "2018-05-03", "2017-05-03", "2", ""}),
              IsEmpty());
  EXPECT_THAT(reasons(dataset, {"2018-07-10", "Éire", "2018-05-03", "2017-05-03", "2", ""}),
              ElementsAre("up_to_m"));
}

}  // namespace
}  // namespace voucher
