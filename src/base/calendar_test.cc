#include "base/calendar.h"

#include <gtest/gtest.h>

#include <chrono>

namespace voucher {
namespace {

TEST(Calendar, AgreesWithTheStandardLibraryOnEveryDay) {
  const auto first = to_day({1899, 1, 1}).since_epoch;
  const auto last = to_day({2202, 1, 1}).since_epoch;
  for (std::int64_t day = first; day <= last; ++day) {
    const std::chrono::year_month_day expected{std::chrono::sys_days{std::chrono::days{day}}};
    const CivilDate date = to_civil(Day{day});
    ASSERT_EQ(date.year, static_cast<int>(expected.year()));
    ASSERT_EQ(date.month, static_cast<unsigned>(expected.month()));
    ASSERT_EQ(date.day, static_cast<unsigned>(expected.day()));
    ASSERT_EQ(to_day(date).since_epoch, day);
  }
}

TEST(Calendar, DayOfAnInstantRoundsDownAlsoBefore1970) {
  EXPECT_EQ(day_of(Timestamp{0}).since_epoch, 0);
  EXPECT_EQ(day_of(Timestamp{-1}).since_epoch, -1);
  EXPECT_EQ(day_of(Timestamp{kMicrosPerDay - 1}).since_epoch, 0);
  EXPECT_EQ(day_of(Timestamp{kMicrosPerDay}).since_epoch, 1);
  EXPECT_EQ(day_of(Timestamp{-kMicrosPerDay}).since_epoch, -1);
  EXPECT_EQ(day_of(Timestamp{-kMicrosPerDay - 1}).since_epoch, -2);
}

TEST(Calendar, FormatsIsoWithFractionOnlyWhereThereIsOne) {
  const Timestamp instant = midnight(to_day({2018, 7, 10}));
  EXPECT_EQ(format_iso(instant), "2018-07-10T00:00:00Z");
  EXPECT_EQ(format_iso(Timestamp{instant.micros + 3'661'000'001}), "2018-07-10T01:01:01.000001Z");
  EXPECT_EQ(format_iso(Timestamp{-1}), "1969-12-31T23:59:59.999999Z");
  EXPECT_EQ(format_iso(to_day({1900, 2, 28})), "1900-02-28");
}

}  // namespace
}  // namespace voucher
