#include "warehouse/embedded/layout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace voucher::embedded {
namespace {

TEST(Layout, ReadsVersionNumbersStrictly) {
  EXPECT_EQ(parse_version_number("1"), 1);
  EXPECT_EQ(parse_version_number("9223372036854775807"), INT64_MAX);
  for (const char* text :
       {"", "0", "01", "-1", "+1", "1 ", " 1", "1x", ".tmp-1", ".gone-1", "9223372036854775808"})
    EXPECT_EQ(parse_version_number(text), std::nullopt) << text;
}

TEST(Layout, NamesUnfinishedVersionsSoThatNoReaderTakesThem) {
  const Layout layout("/w", {"customer", "voucher"});
  EXPECT_EQ(layout.version(7), "/w/customer/voucher/versions/7");
  EXPECT_EQ(parse_version_number(layout.unfinished_version(7).filename().string()), std::nullopt);
}

TEST(Layout, ListsNothingOfAMissingFolder) {
  EXPECT_THAT(list_folder("/nonexistent/folder").value(), ::testing::IsEmpty());
  EXPECT_EQ(list_folder("/proc/self/status").error().kind, ErrorKind::kUnavailable);
}

}  // namespace
}  // namespace voucher::embedded
