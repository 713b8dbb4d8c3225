#include "sql/quote.h"

#include <gtest/gtest.h>

namespace voucher::sql {
namespace {

TEST(Quote, DoublesInnerQuotes) {
  EXPECT_EQ(quote_identifier(R"(a"b)"), R"("a""b")");
  EXPECT_EQ(quote_literal("it's"), "'it''s'");
  EXPECT_EQ(quote_literal(""), "''");
}

TEST(Quote, LeavesTheOtherQuoteAndBackslashesAlone) {
  EXPECT_EQ(quote_identifier(R"(a'\b)"), R"("a'\b")");
  EXPECT_EQ(quote_literal(R"(a"\b)"), R"('a"\b')");
}

TEST(Quote, WritesTimestampsWithoutZone) {
  EXPECT_EQ(timestamp_literal(Timestamp{0}), "TIMESTAMP '1970-01-01 00:00:00'");
  EXPECT_EQ(timestamp_literal(Timestamp{1'500'000}), "TIMESTAMP '1970-01-01 00:00:01.500000'");
}

}  // namespace
}  // namespace voucher::sql
