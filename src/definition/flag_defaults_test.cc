#include "definition/flag_defaults.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace voucher {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

std::vector<std::string> mistakes_of(std::string_view yaml) {
  static const std::vector<std::string> kKnown{"warehouse", "threads", "quiet"};
  const auto defaults = parse_flag_defaults(yaml, "voucher.yaml", kKnown);
  return defaults ? std::vector<std::string>{} : defaults.error().details;
}

TEST(FlagDefaultsTest, KeepsValuesAsWritten) {
  const auto defaults =
      parse_flag_defaults("quiet: true\nport: 08\nwarehouse: \"a: b\"\n", "f", {});
  ASSERT_TRUE(defaults.has_value());
  EXPECT_THAT(*defaults,
              ElementsAre(Pair("port", "08"), Pair("quiet", "true"), Pair("warehouse", "a: b")));
}

TEST(FlagDefaultsTest, AreNoneInAnEmptyFile) {
  EXPECT_THAT(*parse_flag_defaults("", "f", {}), IsEmpty());
  EXPECT_THAT(*parse_flag_defaults("# only a comment\n", "f", {}), IsEmpty());
}

TEST(FlagDefaultsTest, ReportsEveryMistakeInItsPlace) {
  EXPECT_THAT(mistakes_of("warehose: x\nthreads: [1]\n--quiet: true\nquiet:\nquiet: false\n"),
              ElementsAre("voucher.yaml:1:1: unknown flag 'warehose' (did you mean 'warehouse'?)",
                          "voucher.yaml:2:10: 'threads' must be text, not a list",
                          "voucher.yaml:3:1: flag '--quiet' is written without dashes here",
                          "voucher.yaml:4:1: 'quiet' has no value; it must be text",
                          "voucher.yaml:5:1: duplicate key 'quiet'; the first is in line 4"));
  EXPECT_THAT(mistakes_of("- quiet\n"),
              ElementsAre("voucher.yaml:1:1: the file must be a map, not a list"));
}

}  // namespace
}  // namespace voucher
