#include "decision/classify.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>

#include "decision/parse.h"
#include "decision/sample_dataset.h"

namespace voucher {
namespace {

const Dataset kDataset = voucher_dataset();
const Variant& kFrequency = kDataset.variants[0];
const Variant& kRecency = kDataset.variants[1];

std::string label(const Variant& variant, std::int64_t value) {
  const auto segment = classify(variant, value);
  return segment ? variant.segments[*segment].label : "unsegmented";
}

TEST(Classify, HoldsEveryCutOfFrequency) {
  EXPECT_EQ(label(kFrequency, -1), "unsegmented");
  EXPECT_EQ(label(kFrequency, 0), "0-4");
  EXPECT_EQ(label(kFrequency, 4), "0-4");
  EXPECT_EQ(label(kFrequency, 5), "5-13");
  EXPECT_EQ(label(kFrequency, 13), "5-13");
  EXPECT_EQ(label(kFrequency, 14), "14-37");
  EXPECT_EQ(label(kFrequency, 37), "14-37");
  EXPECT_EQ(label(kFrequency, 38), "unsegmented");
  EXPECT_EQ(label(kFrequency, INT64_MAX), "unsegmented");
}

TEST(Classify, HoldsEveryCutOfRecency) {
  EXPECT_EQ(label(kRecency, 29), "unsegmented");
  EXPECT_EQ(label(kRecency, 30), "30-60");
  EXPECT_EQ(label(kRecency, 60), "30-60");
  EXPECT_EQ(label(kRecency, 61), "61-90");
  EXPECT_EQ(label(kRecency, 90), "61-90");
  EXPECT_EQ(label(kRecency, 91), "91-120");
  EXPECT_EQ(label(kRecency, 120), "91-120");
  EXPECT_EQ(label(kRecency, 121), "121-180");
  EXPECT_EQ(label(kRecency, 180), "121-180");
  EXPECT_EQ(label(kRecency, 181), "180+");
  EXPECT_EQ(label(kRecency, INT64_MAX), "180+");
}

std::string recency(std::string_view last_order, std::string_view clock) {
  std::array<Field, 6> row{};
  row[0] = parse_field(ColumnType::kTimestamp, clock);
  row[2] = parse_field(ColumnType::kTimestamp, last_order);
  const auto value = value_of(kRecency, row);
  return value ? label(kRecency, *value) : "no value";
}

TEST(Classify, CountsCalendarDaysNotTwentyFourHours) {
  EXPECT_EQ(recency("2018-01-01 23:59:59.999999", "2018-01-31 00:00:00"), "30-60");
  EXPECT_EQ(recency("2018-01-01 00:00:00", "2018-01-30 23:59:59.999999"), "unsegmented");
  EXPECT_EQ(recency("2018-01-01 23:59:59.999999", "2018-06-30 23:59:59.999999"), "121-180");
  EXPECT_EQ(recency("2018-01-01 23:59:59.999999", "2018-07-01 00:00:00"), "180+");
}

TEST(Classify, CountsAcrossLeapDaysYearEndsAndOffsets) {
  EXPECT_EQ(recency("2020-02-28", "2020-03-29"), "30-60");  // 30 days with 29 February
  EXPECT_EQ(recency("2019-02-28", "2019-03-29"), "unsegmented");
  EXPECT_EQ(recency("2017-12-02", "2018-01-01"), "30-60");
  EXPECT_EQ(recency("2017-12-01T23:30:00-02:00", "2017-12-31"),
            "unsegmented");  // 2 December in UTC: 29 days
}

TEST(Classify, HasNoValueWhereAColumnHasNone) {
  EXPECT_EQ(recency("", "2018-01-01"), "no value");
  EXPECT_EQ(recency("2018-02-30", "2018-01-01"), "no value");
}

TEST(NextSegment, NamesTheFirstDayOfTheNextState) {
  const Day today = to_day({2018, 7, 10});
  const auto next = next_segment(kRecency, 67, today);
  ASSERT_TRUE(next);
  EXPECT_EQ(format_iso(next->day), "2018-08-03");  // 24 days on, value 91
  EXPECT_EQ(next->segment, 2U);
  EXPECT_FALSE(next_segment(kRecency, 181, today)) << "180+ is for ever";
  EXPECT_FALSE(next_segment(kFrequency, 3, today)) << "orders do not grow by themselves";
}

RC_GTEST_PROP(NextSegment, IsTheFirstDayThatClassifiesOtherwise, ()) {
  const auto value = *rc::gen::inRange<std::int64_t>(-50, 250);
  const Day today{*rc::gen::inRange<std::int64_t>(0, 20000)};
  const auto next = next_segment(kRecency, value, today);
  for (std::int64_t days = 1; days < 400; ++days) {
    const bool changed = classify(kRecency, value + days) != classify(kRecency, value);
    if (next && today.since_epoch + days < next->day.since_epoch) RC_ASSERT(!changed);
    if (next && today.since_epoch + days == next->day.since_epoch) RC_ASSERT(changed);
    if (!next) RC_ASSERT(!changed);
  }
}

TEST(NextSegment, IgnoresChangesBeyondTheLastYear) {
  Variant variant = kRecency;
  variant.segments = {{"all", {0, INT64_MAX - 1}}};
  EXPECT_FALSE(next_segment(variant, 10, to_day({2018, 7, 10})));
  variant.segments = {{"all", {0, INT64_MAX}}};
  EXPECT_FALSE(next_segment(variant, 10, to_day({2018, 7, 10})));
}

}  // namespace
}  // namespace voucher
