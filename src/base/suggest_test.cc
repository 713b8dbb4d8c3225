#include "base/suggest.h"

#include <gtest/gtest.h>

#include <vector>

namespace voucher {
namespace {

const std::vector<std::string> kNames{"format", "columns", "rules", "input"};

TEST(Suggest, FindsTheNearestName) {
  EXPECT_EQ(nearest_name("formt", kNames), "format");
  EXPECT_EQ(nearest_name("colums", kNames), "columns");
  EXPECT_EQ(nearest_name("inptu", kNames), "input");
}

TEST(Suggest, SaysNothingWhereNothingIsNear) {
  EXPECT_EQ(nearest_name("warehouse", kNames), std::nullopt);
  EXPECT_EQ(did_you_mean("x", kNames), "");
  EXPECT_EQ(did_you_mean("rule", kNames), " (did you mean 'rules'?)");
}

TEST(Suggest, TakesTheEarlierOfEqualCandidates) {
  const std::vector<std::string> names{"cat", "bat"};
  EXPECT_EQ(nearest_name("rat", names), "cat");
}

}  // namespace
}  // namespace voucher
