#include "definition/expression.h"

#include <gtest/gtest.h>

#include "decision/parse.h"

namespace voucher {
namespace {

// Mistakes of expressions are in tests/golden/definitions/mistakes.txt.

ColumnTable columns() {
  ColumnTable table;
  for (const Column& column :
       {Column{"orders", ColumnType::kInteger, false},
        Column{"visits", ColumnType::kInteger, false}, Column{"city", ColumnType::kString, false},
        Column{"last", ColumnType::kTimestamp, false}, Column{"in", ColumnType::kInteger, false}}) {
    table.add(column, column.type);
  }
  table.add({"odd", ColumnType::kString, false}, std::nullopt);
  return table;
}

YamlNode scalar(std::string text) {
  YamlNode node;
  node.kind = YamlNode::Kind::kScalar;
  node.text = std::move(text);
  return node;
}

Condition condition(const std::string& text) {
  Mistakes mistakes;
  auto parsed = parse_condition(scalar(text), columns(), mistakes);
  EXPECT_TRUE(mistakes.empty()) << text << ": " << mistakes.to_error("f").details.front();
  EXPECT_TRUE(parsed.has_value()) << text;
  return parsed.value_or(Condition{});
}

Condition comparison(ColumnIndex left, Comparison sign, std::variant<ColumnIndex, Literal> right) {
  return ColumnComparison{left, sign, std::move(right)};
}

Literal number(std::int64_t value) {
  return value;
}

TEST(ExpressionTest, ReadsEveryComparison) {
  using enum Comparison;
  EXPECT_EQ(condition("orders <= visits"), comparison(0, kLessEqual, ColumnIndex{1}));
  EXPECT_EQ(condition("orders < visits"), comparison(0, kLess, ColumnIndex{1}));
  EXPECT_EQ(condition("orders = visits"), comparison(0, kEqual, ColumnIndex{1}));
  EXPECT_EQ(condition("orders != visits"), comparison(0, kNotEqual, ColumnIndex{1}));
  EXPECT_EQ(condition("orders >= visits"), comparison(0, kGreaterEqual, ColumnIndex{1}));
  EXPECT_EQ(condition("orders > visits"), comparison(0, kGreater, ColumnIndex{1}));
}

TEST(ExpressionTest, ReadsLiteralsOfTheColumnsType) {
  using enum Comparison;
  EXPECT_EQ(condition("orders > -5"), comparison(0, kGreater, number(-5)));
  EXPECT_EQ(condition("orders > +5.0"), comparison(0, kGreater, number(5)));
  EXPECT_EQ(condition("orders = -9223372036854775808"),
            comparison(0, kEqual, number(std::numeric_limits<std::int64_t>::min())));
  EXPECT_EQ(condition("city = 'Peru'"), comparison(2, kEqual, Literal("Peru")));
  EXPECT_EQ(condition("city = \"it's\""), comparison(2, kEqual, Literal("it's")));
  EXPECT_EQ(condition("city = 'it''s'"), comparison(2, kEqual, Literal("it's")));
  EXPECT_EQ(condition("city = '10'"), comparison(2, kEqual, Literal("10")));
  EXPECT_EQ(condition("last < '2018-07-10 12:00:00+02:00'"),
            comparison(3, kLess, *parse_timestamp("2018-07-10T10:00:00Z")));
}

TEST(ExpressionTest, ReadsLists) {
  EXPECT_EQ(condition("orders in [1]"), Condition(Membership{0, {number(1)}}));
  EXPECT_EQ(condition("orders in[ 1 ,-2]"), Condition(Membership{0, {number(1), number(-2)}}));
  EXPECT_EQ(condition("city in ['a, b', ']']"),
            Condition(Membership{2, {Literal("a, b"), Literal("]")}}));
}

TEST(ExpressionTest, NeedsNoBlanks) {
  EXPECT_EQ(condition("orders>=0"), comparison(0, Comparison::kGreaterEqual, number(0)));
  EXPECT_EQ(condition("  orders\n>=\t0 "), comparison(0, Comparison::kGreaterEqual, number(0)));
}

TEST(ExpressionTest, MayNameAColumnIn) {
  EXPECT_EQ(condition("in in [7]"), Condition(Membership{4, {number(7)}}));
}

TEST(ExpressionTest, LeavesAColumnOfMistakenTypeUnjudged) {
  for (const char* text : {"odd >= 5", "odd = 'x'", "odd in [1, 2]", "orders = odd"}) {
    Mistakes mistakes;
    EXPECT_FALSE(parse_condition(scalar(text), columns(), mistakes).has_value()) << text;
    EXPECT_TRUE(mistakes.empty()) << text;
  }
}

TEST(ExpressionTest, ReadsValues) {
  Mistakes mistakes;
  const auto column = parse_value(scalar("orders"), columns(), mistakes);
  const auto days = parse_value(scalar("days_between( last,clock )"), columns(), mistakes);
  ASSERT_TRUE(column.has_value() && days.has_value());
  EXPECT_EQ(column->column, 0U);
  EXPECT_FALSE(column->uses_clock);
  EXPECT_EQ(days->column, 3U);
  EXPECT_TRUE(days->uses_clock);
  EXPECT_TRUE(mistakes.empty());
}

}  // namespace
}  // namespace voucher
