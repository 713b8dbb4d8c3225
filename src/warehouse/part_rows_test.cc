#include "warehouse/part_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace voucher {
namespace {

using ::testing::ElementsAre;

Part part(const std::string& name, std::vector<TimeRange> ranges) {
  Part result;
  result.name = name;
  result.time_ranges = std::move(ranges);
  return result;
}

TimeRange range(const std::string& column, std::int64_t least, std::int64_t greatest) {
  return {column, Timestamp{least}, Timestamp{greatest}};
}

std::vector<std::string> overlapping(const std::vector<Part>& parts,
                                     const std::vector<TimeRange>& ranges) {
  std::vector<std::string> names;
  for (const Part& one : parts)
    if (may_share_rows(one.time_ranges, ranges)) names.push_back(one.name);
  return names;
}

TEST(OverlappingParts, ShareAnInstantOfEveryColumn) {
  const std::vector<Part> parts{part("before", {range("at", 0, 9)}),
                                part("touches the first", {range("at", 0, 10)}),
                                part("inside", {range("at", 12, 13)}),
                                part("around", {range("at", 0, 99)}),
                                part("touches the last", {range("at", 20, 30)}),
                                part("after", {range("at", 21, 30)})};
  EXPECT_THAT(overlapping(parts, {range("at", 10, 20)}),
              ElementsAre("touches the first", "inside", "around", "touches the last"));
}

TEST(OverlappingParts, AreApartWhereOneColumnIs) {
  const std::vector<Part> parts{part("a", {range("at", 0, 9), range("last", 0, 4)}),
                                part("b", {range("at", 0, 9), range("last", 5, 9)})};
  EXPECT_THAT(overlapping(parts, {range("at", 0, 9), range("last", 5, 5)}), ElementsAre("b"));
}

TEST(OverlappingParts, AreAllWhereTimesAreNotKnown) {
  const std::vector<Part> parts{part("a", {}), part("b", {range("other", 0, 9)})};
  EXPECT_THAT(overlapping(parts, {range("at", 5, 5)}), ElementsAre("a", "b"));
  EXPECT_THAT(overlapping(parts, {}), ElementsAre("a", "b"));
}

}  // namespace
}  // namespace voucher
