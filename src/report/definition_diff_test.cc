#include "report/definition_diff.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "decision/sample_dataset.h"
#include "decision/snapshot.h"

namespace voucher {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> texts_of(const Dataset& before, const Dataset& after) {
  std::vector<std::string> texts;
  for (const DefinitionChange& change : diff_definitions(before, after))
    texts.push_back(change.text);
  return texts;
}

struct Edit {
  std::string name;
  std::function<void(Dataset&)> apply;
  std::vector<std::string> texts;  ///< of what changes
};

std::vector<Segment>& recency(Dataset& dataset) {
  return dataset.variants[1].segments;
}

std::vector<Segment>& frequency(Dataset& dataset) {
  return dataset.variants[0].segments;
}

std::vector<Edit> segment_edits() {
  return {
      {"MergedSegments",
       [](Dataset& d) {
         recency(d).erase(recency(d).begin() + 2);
         recency(d)[1] = {"61-120", {61, 120}};
       },
       {"recency_segment: segments 61-90 and 91-120 are merged into 61-120 (61..120)"}},
      {"ThreeMergedIntoAnOpenOne",
       [](Dataset& d) {
         recency(d).resize(2);
         recency(d).push_back({"91+", {91, std::nullopt}});
       },
       {"recency_segment: segments 91-120, 121-180 and 180+ are merged into 91+ (91..)"}},
      {"SplitSegment",
       [](Dataset& d) {
         recency(d)[0] = {"30-45", {30, 45}};
         recency(d).insert(recency(d).begin() + 1, {"46-60", {46, 60}});
       },
       {"recency_segment: segments 30-45 and 46-60 are split from 30-60 (30..60)"}},
      {"NotMergedWhereAHoleStays",
       [](Dataset& d) {
         recency(d).erase(recency(d).begin() + 2);
         recency(d)[1] = {"61-119", {61, 119}};
         d.variants[1].allow_gaps.push_back({120, 120});
       },
       {"recency_segment: segment 61-90 (61..90) is removed",
        "recency_segment: segment 91-120 (91..120) is removed",
        "recency_segment: segment 61-119 (61..119) is added",
        "recency_segment: allow_gaps is [..29, 120..120], was [..29]"}},
      {"RenamedSegment",
       [](Dataset& d) { frequency(d)[0].label = "few"; },
       {"frequency_segment: segment 0-4 is renamed to few"}},
      {"MovedBoundary",
       [](Dataset& d) {
         frequency(d)[0].range.to = 5;
         frequency(d)[1].range.from = 6;
       },
       {"frequency_segment: segment 0-4 is 0..5, was 0..4",
        "frequency_segment: segment 5-13 is 6..13, was 5..13"}},
      {"SwappedLabels",
       [](Dataset& d) { std::swap(frequency(d)[0].label, frequency(d)[1].label); },
       {"frequency_segment: segment 5-13 is 0..4, was 5..13",
        "frequency_segment: segment 0-4 is 5..13, was 0..4",
        "frequency_segment: segments come in another order: 5-13, 0-4, 14-37"}},
      {"ReorderedSegments",
       [](Dataset& d) { std::swap(frequency(d)[0], frequency(d)[1]); },
       {"frequency_segment: segments come in another order: 5-13, 0-4, 14-37"}},
  };
}

std::vector<Edit> variant_edits() {
  return {
      {"OtherValue",
       [](Dataset& d) { d.variants[1].value = DaysBetween{3, 0}; },
       {"recency_segment: value is days_between(first_order_ts, timestamp), was "
        "days_between(last_order_ts, timestamp)"}},
      {"AddedVariant",
       [](Dataset& d) {
         d.variants.push_back({"age", DaysBetween{3, 0}, {{"old", {100, {}}}}, {{{}, 99}}});
       },
       {"variant age of days_between(first_order_ts, timestamp) is added: old (100..)"}},
      {"RenamedVariant",
       [](Dataset& d) { d.variants[0].name = "orders"; },
       {"variant frequency_segment is removed",
        "variant orders of total_orders is added, as frequency_segment was: 0-4 (0..4), 5-13 "
        "(5..13), 14-37 (14..37)"}},
      {"ReorderedVariants",
       [](Dataset& d) { std::swap(d.variants[0], d.variants[1]); },
       {"variants come in another order: recency_segment, frequency_segment"}},
  };
}

std::vector<Edit> other_edits() {
  return {
      {"AddedRule",
       [](Dataset& d) {
         d.clean.rules.push_back({"known", Membership{1, {Literal("Peru"), Literal("a\"b")}}});
       },
       {"rule known is added: country_code in [\"Peru\", \"a\\\"b\"]"}},
      {"RemovedRule",
       [](Dataset& d) { d.clean.rules.pop_back(); },
       {"rule total_orders_negative is removed (total_orders >= 0)"}},
      {"ChangedRule",
       [](Dataset& d) {
         d.clean.rules[0].condition =
             ColumnComparison{2, Comparison::kLess, Literal(midnight(to_day({2018, 7, 1})))};
       },
       {"rule last_order_after_assignment requires last_order_ts < 2018-07-01T00:00:00Z, required "
        "last_order_ts <= timestamp"}},
      {"ReorderedRules",
       [](Dataset& d) { std::swap(d.clean.rules[0], d.clean.rules[2]); },
       {"rules come in another order: total_orders_negative, first_order_after_last_order, "
        "last_order_after_assignment"}},
      {"NoDeduplication",
       [](Dataset& d) { d.clean.deduplicate = Deduplicate::kNone; },
       {"deduplicate is none, was all_columns"}},
      {"OtherFormat",
       [](Dataset& d) { d.source.format = SourceFormat::kCsv; },
       {"format is csv, was parquet"}},
      {"AddedColumn",
       [](Dataset& d) { d.source.columns.push_back({"note", ColumnType::kString, true}); },
       {"column note is added (string, nullable)"}},
      {"ChangedColumn",
       [](Dataset& d) { d.source.columns[4].nullable = true; },
       {"column total_orders is integer, nullable, was integer"}},
      {"OtherSupport",
       [](Dataset& d) { d.decision.choose.min_support = 30; },
       {"min_support is 30, was 1"}},
      {"NoFallback",
       [](Dataset& d) { d.decision.fallback_to_group = false; },
       {"fallback is [], was [group]"}},
      {"OtherAmount",
       [](Dataset& d) { d.decision.amount = 4; },
       {"amount is total_orders, was voucher_amount"}},
      {"OtherSubject",
       [](Dataset& d) { d.decision.subject = {"card", ColumnType::kString}; },
       {"subject is card, was customer_id", "subject type is string, was integer"}},
      {"NothingThatDecides",
       [](Dataset& d) {
         d.description = "other";
         d.orchestration = Orchestration{"dag", "@daily"};
         d.warehouse.keep = 3;
         d.clean.max_rejected_share = 0.9;
       },
       {}},
  };
}

class DefinitionDiff : public testing::TestWithParam<Edit> {};

TEST_P(DefinitionDiff, SaysInWordsWhatChanges) {
  const Dataset before = voucher_dataset();
  Dataset after = before;
  GetParam().apply(after);
  EXPECT_EQ(texts_of(before, after), GetParam().texts);
}

TEST_P(DefinitionDiff, IsEmptyExactlyWhereTheDecidingHalfIsTheSame) {
  const Dataset before = voucher_dataset();
  Dataset after = before;
  GetParam().apply(after);
  EXPECT_EQ(diff_definitions(before, after).empty(),
            definition_hash(before) == definition_hash(after));
  EXPECT_EQ(diff_definitions(after, before).empty(), diff_definitions(before, after).empty());
}

const auto kName = [](const auto& edit) { return edit.param.name; };

INSTANTIATE_TEST_SUITE_P(Segments, DefinitionDiff, testing::ValuesIn(segment_edits()), kName);
INSTANTIATE_TEST_SUITE_P(Variants, DefinitionDiff, testing::ValuesIn(variant_edits()), kName);
INSTANTIATE_TEST_SUITE_P(Others, DefinitionDiff, testing::ValuesIn(other_edits()), kName);

TEST(DefinitionDiffKinds, ToldForEachChange) {
  const Dataset before = voucher_dataset();
  Dataset after = before;
  after.variants.erase(after.variants.begin());
  after.source.columns.push_back({"note", ColumnType::kString, true});
  after.decision.choose.min_support = 2;
  EXPECT_THAT(diff_definitions(before, after),
              ElementsAre(DefinitionChange{"source", "note", ChangeKind::kAdded,
                                           "column note is added (string, nullable)"},
                          DefinitionChange{"variants", "frequency_segment", ChangeKind::kRemoved,
                                           "variant frequency_segment is removed"},
                          DefinitionChange{"decision", "min_support", ChangeKind::kChanged,
                                           "min_support is 2, was 1"}));
}

TEST(DefinitionDiffOfEquals, IsEmpty) {
  EXPECT_THAT(diff_definitions(voucher_dataset(), voucher_dataset()), IsEmpty());
}

std::vector<SegmentPair> pairs_of(const Dataset& before, const Dataset& after) {
  return pair_segments(before, before.variants[0], after, after.variants[0]);
}

TEST(SegmentPairs, GoByLabelThenByRangeOfTheSameValue) {
  const Dataset before = voucher_dataset();
  Dataset after = before;
  frequency(after)[0].label = "few";
  frequency(after)[1].range = {5, 20};
  frequency(after)[2] = {"21+", {21, std::nullopt}};
  EXPECT_THAT(
      pairs_of(before, after),
      ElementsAre(SegmentPair{0, 0, true}, SegmentPair{1, 1, false},
                  SegmentPair{2, std::nullopt, false}, SegmentPair{std::nullopt, 2, false}));
  after.variants[0].value = DaysBetween{2, 0};
  EXPECT_THAT(pairs_of(before, after).front(), (SegmentPair{0, std::nullopt, false}))
      << "equal ranges of another value are not the same segment";
}

}  // namespace
}  // namespace voucher
