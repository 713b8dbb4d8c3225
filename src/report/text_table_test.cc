#include "report/text_table.h"

#include <gtest/gtest.h>

#include <limits>

namespace voucher {
namespace {

TEST(TextTable, PadsByWhatIsSeenAndPutsNumbersRight) {
  EXPECT_EQ(table_text({{"name", "rows", "note"}, {"Perú", "1,234", "x"}, {"a", "-5", ""}}),
            "name   rows  note\n"
            "Perú  1,234  x\n"
            "a        -5\n");
}

TEST(TextTable, LeavesAHeadAloneWhereNoRowFollows) {
  EXPECT_EQ(table_text({{"a", "b"}}), "a  b\n");
  EXPECT_EQ(table_text({}), "");
}

TEST(WithThousands, GroupsDigits) {
  EXPECT_EQ(with_thousands(0), "0");
  EXPECT_EQ(with_thousands(999), "999");
  EXPECT_EQ(with_thousands(1000), "1,000");
  EXPECT_EQ(with_thousands(-1234567), "-1,234,567");
  EXPECT_EQ(with_thousands(-123), "-123");
  EXPECT_EQ(with_thousands(std::numeric_limits<std::int64_t>::min()), "-9,223,372,036,854,775,808");
}

TEST(WithSign, MarksWhatIsAboveZero) {
  EXPECT_EQ(with_sign(1234), "+1,234");
  EXPECT_EQ(with_sign(0), "0");
  EXPECT_EQ(with_sign(-5), "-5");
}

}  // namespace
}  // namespace voucher
