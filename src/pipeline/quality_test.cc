#include "pipeline/quality.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace voucher {
namespace {

TEST(Quality, RefusesWhatLeavesNoRow) {
  EXPECT_FALSE(check_quality({}, {}));
  const auto refused = check_quality({}, {5, 0, 5, 0, {{"a_missing", 5}}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kRefused);
  EXPECT_THAT(refused.error().message, testing::HasSubstr("a_missing 5"));
}

TEST(Quality, AllowsExactlyTheShareOfTheDefinition) {
  Dataset dataset;
  dataset.clean.max_rejected_share = 0.30;
  EXPECT_TRUE(check_quality(dataset, {10, 7, 3, 0, {{"a", 3}}}));
  const auto refused = check_quality(dataset, {10, 6, 4, 0, {{"a", 4}}});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, testing::HasSubstr("4 of 10 (40.0 %)"));
  dataset.clean.max_rejected_share = 1;
  EXPECT_TRUE(check_quality(dataset, {10, 1, 9, 0, {{"a", 9}}}));
}

}  // namespace
}  // namespace voucher
