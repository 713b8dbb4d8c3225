#include "definition/possible_values.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>
#include <set>

#include "decision/classify.h"
#include "decision/judge.h"
#include "decision/parse.h"

namespace voucher {
namespace {

constexpr int kColumns = 4;
constexpr std::int64_t kBound = 3;
constexpr std::array kAnyComparison{Comparison::kLessEqual,    Comparison::kLess,
                                    Comparison::kEqual,        Comparison::kNotEqual,
                                    Comparison::kGreaterEqual, Comparison::kGreater};

Dataset dataset_of(ColumnType type) {
  Dataset dataset;
  for (int i = 0; i < kColumns; ++i) {
    dataset.source.columns.push_back(
        {"c" + std::to_string(i), type, *rc::gen::weightedElement<bool>({{3, false}, {1, true}})});
  }
  return dataset;
}

void add_rule(Dataset& dataset, decltype(Rule::condition) condition) {
  auto& rules = dataset.clean.rules;
  rules.push_back({"r" + std::to_string(rules.size()), std::move(condition)});
}

ColumnIndex any_column() {
  return *rc::gen::inRange<ColumnIndex>(0, kColumns);
}

Comparison any_comparison() {
  return *rc::gen::elementOf(kAnyComparison);
}

/// Every row whose fields are among `numbers` (or missing, where that is allowed) and meet the
/// rules, by the code that judges real rows.
std::vector<std::vector<Field>> valid_rows(const Dataset& dataset,
                                           const std::vector<std::int64_t>& numbers) {
  const Judge judge(dataset);
  std::vector<std::vector<Field>> rows{{}};
  for (const Column& column : dataset.source.columns) {
    std::vector<std::vector<Field>> longer;
    for (const auto& row : rows) {
      for (const std::int64_t number : numbers) {
        longer.push_back(row);
        longer.back().push_back(Field::of(number));
      }
      if (!column.nullable) continue;
      longer.push_back(row);
      longer.back().push_back(Field::missing());
    }
    rows = std::move(longer);
  }
  std::vector<ReasonIndex> found;
  std::erase_if(rows, [&](const auto& row) {
    found.clear();
    judge.judge(row, found);
    return !found.empty();
  });
  return rows;
}

std::set<std::int64_t> values_in(const Variant& variant,
                                 const std::vector<std::vector<Field>>& rows) {
  std::set<std::int64_t> values;
  for (const auto& row : rows) {
    if (const auto value = value_of(variant, row)) values.insert(*value);
  }
  return values;
}

std::set<std::int64_t> members(const IntegerSet& set) {
  std::set<std::int64_t> numbers;
  for (const auto& [first, last] : set.spans()) {
    for (std::int64_t i = first; i <= last; ++i) numbers.insert(i);
  }
  return numbers;
}

Dataset random_integers(bool columns_may_be_unequal) {
  Dataset dataset = dataset_of(ColumnType::kInteger);
  for (ColumnIndex i = 0; i < kColumns; ++i) {
    add_rule(dataset, ColumnComparison{i, Comparison::kGreaterEqual, Literal(-kBound)});
    add_rule(dataset, ColumnComparison{i, Comparison::kLessEqual, Literal(kBound)});
  }
  const auto number = rc::gen::inRange<std::int64_t>(-kBound - 1, kBound + 2);
  for (int left = *rc::gen::inRange(0, 7); left > 0; --left) {
    const int kind = *rc::gen::inRange(0, 6);
    const ColumnIndex column = any_column();
    if (kind == 0) {
      const auto numbers =
          *rc::gen::nonEmpty(rc::gen::container<std::vector<std::int64_t>>(number));
      add_rule(dataset, Membership{column, {numbers.begin(), numbers.end()}});
    } else if (kind == 1) {
      add_rule(dataset, ColumnComparison{column, any_comparison(), Literal(*number)});
    } else {
      const ColumnIndex other = any_column();
      const Comparison comparison = any_comparison();
      if (other == column) continue;
      if (comparison == Comparison::kNotEqual && !columns_may_be_unequal) continue;
      add_rule(dataset, ColumnComparison{column, comparison, other});
    }
  }
  return dataset;
}

std::vector<std::int64_t> small_numbers() {
  std::vector<std::int64_t> numbers;
  for (std::int64_t i = -kBound; i <= kBound; ++i) numbers.push_back(i);
  return numbers;
}

RC_GTEST_PROP(PossibleValuesProperty, AreThoseOfAllValidRows, ()) {
  const Dataset dataset = random_integers(false);
  const auto rows = valid_rows(dataset, small_numbers());
  for (ColumnIndex i = 0; i < kColumns; ++i) {
    const Variant variant{"v", ColumnValue{i}, {}, {}};
    const auto possible = possible_values(dataset.source, dataset.clean.rules, variant);
    RC_ASSERT(members(possible) == values_in(variant, rows));
  }
}

RC_GTEST_PROP(PossibleValuesProperty, AreNeverTooFewWhereColumnsDiffer, ()) {
  const Dataset dataset = random_integers(true);
  const auto rows = valid_rows(dataset, small_numbers());
  for (ColumnIndex i = 0; i < kColumns; ++i) {
    const Variant variant{"v", ColumnValue{i}, {}, {}};
    const auto possible = members(possible_values(dataset.source, dataset.clean.rules, variant));
    RC_ASSERT(std::ranges::includes(possible, values_in(variant, rows)));
  }
}

/// Instants every half day, around 1970 so that days before and after it are met.
std::vector<std::int64_t> half_days() {
  std::vector<std::int64_t> instants;
  for (std::int64_t i = -4; i <= 4; ++i) instants.push_back(i * kMicrosPerDay / 2);
  return instants;
}

Dataset random_timestamps(bool strict) {
  Dataset dataset = dataset_of(ColumnType::kTimestamp);
  const auto instants = half_days();
  for (ColumnIndex i = 0; i < kColumns; ++i) {
    const auto [a, b] = *rc::gen::pair(rc::gen::elementOf(instants), rc::gen::elementOf(instants));
    add_rule(dataset,
             ColumnComparison{i, Comparison::kGreaterEqual, Literal(Timestamp{std::min(a, b)})});
    add_rule(dataset,
             ColumnComparison{i, Comparison::kLessEqual, Literal(Timestamp{std::max(a, b)})});
  }
  for (int left = *rc::gen::inRange(0, 5); left > 0; --left) {
    const ColumnIndex column = any_column();
    const ColumnIndex other = any_column();
    if (column == other) continue;
    const auto orders =
        strict ? std::vector{Comparison::kLess, Comparison::kGreater, Comparison::kNotEqual}
               : std::vector{Comparison::kLessEqual, Comparison::kGreaterEqual, Comparison::kEqual};
    add_rule(dataset, ColumnComparison{column, *rc::gen::elementOf(orders), other});
  }
  return dataset;
}

template <class Check>
void for_each_pair_of_columns(const Dataset& dataset, Check check) {
  const auto rows = valid_rows(dataset, half_days());
  for (ColumnIndex column = 0; column < kColumns; ++column) {
    for (ColumnIndex clock = 0; clock < kColumns; ++clock) {
      if (column == clock) continue;
      const Variant variant{"v", DaysBetween{column, clock}, {}, {}};
      check(members(possible_values(dataset.source, dataset.clean.rules, variant)),
            values_in(variant, rows));
    }
  }
}

RC_GTEST_PROP(PossibleValuesProperty, OfDaysAreThoseOfAllValidRows, ()) {
  for_each_pair_of_columns(random_timestamps(false), [](const auto& possible, const auto& seen) {
    RC_ASSERT(possible == seen);
  });
}

RC_GTEST_PROP(PossibleValuesProperty, OfDaysAreNeverTooFew, ()) {
  for_each_pair_of_columns(random_timestamps(true), [](const auto& possible, const auto& seen) {
    RC_ASSERT(std::ranges::includes(possible, seen));
  });
}

const Source kOrders{SourceFormat::kParquet,
                     {{"first", ColumnType::kTimestamp, false},
                      {"last", ColumnType::kTimestamp, false},
                      {"now", ColumnType::kTimestamp, false},
                      {"orders", ColumnType::kInteger, false}}};

TEST(PossibleValuesTest, FollowComparisonsFromColumnToColumn) {
  const std::vector<Rule> rules{{"a", ColumnComparison{0, Comparison::kLessEqual, ColumnIndex{1}}},
                                {"b", ColumnComparison{2, Comparison::kGreater, ColumnIndex{1}}}};
  const Variant variant{"v", DaysBetween{0, 2}, {}, {}};
  EXPECT_EQ(possible_values(kOrders, rules, variant).min(), 0);
  EXPECT_EQ(possible_values(kOrders, rules, variant).max(), natural_range(variant).last);
}

TEST(PossibleValuesTest, DoNotFollowThroughAColumnThatMayBeMissing) {
  Source source = kOrders;
  source.columns[1].nullable = true;
  const std::vector<Rule> rules{{"a", ColumnComparison{0, Comparison::kLessEqual, ColumnIndex{1}}},
                                {"b", ColumnComparison{1, Comparison::kLessEqual, ColumnIndex{2}}}};
  const Variant first{"v", DaysBetween{0, 2}, {}, {}};
  const Variant last{"v", DaysBetween{1, 2}, {}, {}};
  EXPECT_EQ(possible_values(source, rules, first).min(), natural_range(first).first);
  EXPECT_EQ(possible_values(source, rules, last).min(), 0);
}

TEST(PossibleValuesTest, AreAllThatTheTypeHoldsWithoutRules) {
  EXPECT_EQ(possible_values(kOrders, {}, {"v", ColumnValue{3}, {}, {}}), IntegerSet::all());
  const Variant days{"v", DaysBetween{0, 2}, {}, {}};
  const std::int64_t longest =
      to_day({2200, 12, 31}).since_epoch - to_day({1900, 1, 1}).since_epoch;
  EXPECT_EQ(possible_values(kOrders, {}, days), IntegerSet({{-longest, longest}}));
}

TEST(PossibleValuesTest, ComeFromInstantsInRules) {
  const std::vector<Rule> rules{
      {"a", ColumnComparison{0, Comparison::kGreater, *parse_timestamp("2018-01-01")}},
      {"b",
       Membership{2, {*parse_timestamp("2018-01-31T23:59:59"), *parse_timestamp("2018-03-01")}}},
      {"c", ColumnComparison{0, Comparison::kLess, *parse_timestamp("2018-01-02")}}};
  EXPECT_EQ(possible_values(kOrders, rules, {"v", DaysBetween{0, 2}, {}, {}}),
            IntegerSet({{30, 30}, {59, 59}}));
}

TEST(PossibleValuesTest, EndAtTheEndsOf64Bits) {
  const auto highest = std::numeric_limits<std::int64_t>::max();
  const Variant variant{"v", ColumnValue{3}, {}, {}};
  const Rule above{"a", ColumnComparison{3, Comparison::kGreater, Literal(highest)}};
  const Rule at{"b", ColumnComparison{3, Comparison::kGreaterEqual, Literal(highest)}};
  EXPECT_TRUE(possible_values(kOrders, {above}, variant).empty());
  EXPECT_EQ(possible_values(kOrders, {at}, variant), IntegerSet({{highest, highest}}));
}

TEST(PossibleValuesTest, AreNoneWhereRulesContradictEachOther) {
  const std::vector<Rule> cycle{{"a", ColumnComparison{0, Comparison::kLess, ColumnIndex{1}}},
                                {"b", ColumnComparison{1, Comparison::kLess, ColumnIndex{2}}},
                                {"c", ColumnComparison{2, Comparison::kLess, ColumnIndex{0}}}};
  EXPECT_TRUE(possible_values(kOrders, cycle, {"v", ColumnValue{3}, {}, {}}).empty());
}

}  // namespace
}  // namespace voucher
