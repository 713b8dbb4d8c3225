#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "definition/load.h"
#include "sample/generate.h"

namespace voucher {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::string_view kDefinition = R"(
apiVersion: voucher/v1
domain: shop
dataset: gift
source:
  format: csv
  columns:
    at: {type: timestamp}
    city: {type: string}
    visits: {type: integer}
    gift: {type: integer, nullable: true}
variants:
  visits_segment:
    value: visits
    segments: [{label: few, from: 0, to: 9}, {label: many, from: 10}]
    allow_gaps: ["..-1"]
decision:
  subject: {name: guest, type: string}
  amount: gift
  group_by: city
warehouse:
  schema: shop
  table: gifts
  views: {visits_segment: gift_view}
)";

constexpr std::string_view kColumns = R"(apiVersion: voucher/v1
domain: shop
dataset: gift
columns:
  at: {stored: text, format: date, between: {from: 2024-01-01, to: 2024-01-31}}
  city: {stored: text, one_of: {Riga: 1, Lima: 2}}
  visits: {stored: integer, integers: [{weight: 1, from: 0, to: 20}]}
  gift: {stored: double, one_of: {5: 1, 10: 1}}
)";

Dataset gift_dataset() {
  auto dataset = parse_definition(kDefinition, "gift.yaml");
  EXPECT_TRUE(dataset) << dataset.error().details.front();
  return *std::move(dataset);
}

/// The mistakes found in a sample file, without its name.
std::vector<std::string> mistakes_in(const std::string& yaml) {
  const auto shape = parse_shape(yaml, "f", gift_dataset());
  if (shape) return {};
  EXPECT_EQ(shape.error().kind, ErrorKind::kRefused);
  std::vector<std::string> mistakes;
  for (const std::string& detail : shape.error().details) mistakes.push_back(detail.substr(2));
  return mistakes;
}

std::string with_dirt(const std::string& entry) {
  return std::string(kColumns) + "dirt:\n  - " + entry + "\n";
}

std::string replaced(std::string_view from, std::string_view to) {
  std::string yaml(kColumns);
  yaml.replace(yaml.find(from), from.size(), to);
  return yaml;
}

TEST(LoadShape, ReadsEveryColumnInTheOrderOfTheFile) {
  const auto shape = parse_shape(kColumns, "f", gift_dataset());
  ASSERT_TRUE(shape) << shape.error().details.front();
  ASSERT_EQ(shape->columns.size(), 4U);
  EXPECT_EQ(shape->columns[0].form, TextForm::kDate);
  EXPECT_EQ(shape->columns[2].stored, StoredType::kInteger);
  EXPECT_EQ(shape->columns[3].stored, StoredType::kDouble);
  EXPECT_TRUE(shape->dirt.empty());
}

TEST(LoadShape, NamesFilesThatAreNotThere) {
  const auto shape = load_shape("/nowhere/gift.sample.yaml", gift_dataset());
  ASSERT_FALSE(shape);
  EXPECT_EQ(shape.error().kind, ErrorKind::kUnavailable);
  EXPECT_THAT(shape.error().message, HasSubstr("/nowhere/gift.sample.yaml"));
}

TEST(LoadShape, RejectsUnknownKeysWithTheirPlaceAndTheNearestName) {
  EXPECT_THAT(mistakes_in(replaced("domain: shop", "domain: shop\ncolums: 1")),
              ElementsAre(HasSubstr("3:1: unknown key 'colums' (did you mean 'columns'?)")));
  EXPECT_THAT(mistakes_in(replaced("stored: text, format", "stord: text, stored: text, format")),
              ElementsAre(HasSubstr("5:8: unknown key 'stord' (did you mean 'stored'?)")));
}

TEST(LoadShape, ReportsAllMistakesAtOnceInOrderOfPlace) {
  const std::string yaml = R"(apiVersion: voucher/v2
domain: shop
dataset: gift
columns:
  at: {stored: text, between: {from: 2024-01-01, to: 2023-01-31}}
  citty: {stored: text, one_of: {Riga: 1}}
  visits: {stored: date, integers: [{weight: 1, from: 0, to: 20}]}
  gift: {stored: double, one_of: {5: 0, 10: 0}}
)";
  EXPECT_THAT(
      mistakes_in(yaml),
      ElementsAre(
          HasSubstr("1:13: 'apiVersion' must be 'voucher/v1'"),
          HasSubstr("5:3: missing column 'city'"), HasSubstr("5:7: column 'at' is stored"),
          HasSubstr("5:54: 'to' must not be before 'from'"),
          HasSubstr("6:3: the dataset has no column 'citty' (did you mean 'city'?)"),
          HasSubstr("7:20: column 'visits' is of type integer and cannot be stored as date"),
          HasSubstr("8:34: 'one_of' needs at least one value with a weight above 0")));
}

TEST(LoadShape, RejectsAnotherDatasetsSample) {
  EXPECT_THAT(mistakes_in(replaced("dataset: gift", "dataset: loan")),
              ElementsAre(HasSubstr("3:10: 'dataset' must be 'gift', not 'loan'")));
}

TEST(LoadShape, RejectsAColumnWithTwoSourcesOfValuesOrNone) {
  EXPECT_THAT(
      mistakes_in(replaced("one_of: {Riga: 1, Lima: 2}", "one_of: {Riga: 1}, integers: []")),
      ElementsAre(HasSubstr("column 'city' needs exactly one of")));
  EXPECT_THAT(mistakes_in(replaced(", one_of: {Riga: 1, Lima: 2}", "")),
              ElementsAre(HasSubstr("column 'city' needs exactly one of")));
}

TEST(LoadShape, RejectsValuesThatDoNotSuitTheColumn) {
  EXPECT_THAT(mistakes_in(replaced("one_of: {Riga: 1, Lima: 2}", "between: {from: 2024-01-01}")),
              ElementsAre(HasSubstr("'between' gives no values for a column of type string")));
  EXPECT_THAT(mistakes_in(replaced("5: 1", "five: 1")),
              ElementsAre(HasSubstr("'gift' must be a whole number")));
}

TEST(LoadShape, RejectsPartsThatCannotBeDrawnFrom) {
  EXPECT_THAT(mistakes_in(replaced("weight: 1, from: 0, to: 20", "weight: 0, from: 0")),
              ElementsAre(HasSubstr("'weight' must be from 1 to")));
  EXPECT_THAT(mistakes_in(replaced("weight: 1, from: 0, to: 20", "weight: 1, from: 9, to: 8")),
              ElementsAre(HasSubstr("'to' must be from 9 to")));
  EXPECT_THAT(mistakes_in(replaced("[{weight: 1, from: 0, to: 20}]", "[]")),
              ElementsAre(HasSubstr("'integers' must not be empty")));
}

TEST(LoadShape, ChecksTheNamesInConditions) {
  const auto with_when = [](const std::string& when) {
    return mistakes_in(replaced("{5: 1, 10: 1}", "[{when: {" + when + "}, weights: {5: 1}}]"));
  };
  EXPECT_TRUE(with_when("visits_segment: many, city: Riga").empty());
  EXPECT_TRUE(with_when("visits_segment: unsegmented").empty());
  EXPECT_THAT(with_when("visit_segment: many"),
              ElementsAre(HasSubstr("(did you mean 'visits_segment'?)")));
  EXPECT_THAT(with_when("visits_segment: man"), ElementsAre(HasSubstr("(did you mean 'many'?)")));
}

TEST(LoadShape, RejectsColumnsThatDependOnEachOther) {
  std::string yaml = replaced("{Riga: 1, Lima: 2}",
                              "[{when: {gift: 5}, weights: {Riga: 1}}, {weights: {Lima: 1}}]");
  const std::string gift = "{5: 1, 10: 1}";
  yaml.replace(yaml.find(gift), gift.size(), "[{when: {city: Riga}, weights: {5: 1}}]");
  EXPECT_THAT(mistakes_in(yaml), ElementsAre(HasSubstr("depend on each other in a circle")));
}

TEST(LoadShape, DrawsColumnsAfterThoseTheyDependOn) {
  const auto shape = parse_shape(
      replaced("{Riga: 1, Lima: 2}", "[{when: {visits_segment: few}, weights: {Riga: 1}}]"), "f",
      gift_dataset());
  ASSERT_TRUE(shape) << shape.error().details.front();
  EXPECT_THAT(shape->order, ElementsAre(0, 2, 3, 1));
}

TEST(LoadShape, ReadsEachKindOfDirt) {
  for (const std::string entry : {
           "{kind: missing, column: gift, as: null, share: 0.5}",
           "{kind: missing, column: at, as: empty, share: 1}",
           "{kind: malformed, column: at, texts: [x], share: 0.000000001}",
           "{kind: replaced, column: visits, values: [-1], share: 0}",
           "{kind: shifted, column: at, days: -3, share: 0.1}",
           "{kind: respelled, column: city, as: lower, share: 0.1}",
           "{kind: duplicated, share: 0.1}",
       }) {
    EXPECT_TRUE(mistakes_in(with_dirt(entry)).empty()) << entry;
  }
}

TEST(LoadShape, RejectsDirtThatMakesNoSense) {
  EXPECT_THAT(mistakes_in(with_dirt("{kind: missin, share: 0.1}")),
              ElementsAre(HasSubstr("10:12: 'kind' must be missing or")));
  EXPECT_THAT(mistakes_in(with_dirt("{kind: duplicated, share: 1.5}")),
              ElementsAre(HasSubstr("'share' must be from 0 to 1")));
  EXPECT_THAT(mistakes_in(with_dirt("{kind: duplicated}")),
              ElementsAre(HasSubstr("missing key 'share'")));
  EXPECT_THAT(mistakes_in(with_dirt("{kind: malformed, column: gift, texts: [x], share: 0.1}")),
              ElementsAre(HasSubstr("column 'gift' is not stored as text")));
  EXPECT_THAT(mistakes_in(with_dirt("{kind: missing, column: gift, as: empty, share: 0.1}")),
              ElementsAre(HasSubstr("column 'gift' is not stored as text")));
  EXPECT_THAT(mistakes_in(with_dirt("{kind: shifted, column: city, days: 1, share: 0.1}")),
              ElementsAre(HasSubstr("column 'city' is of type string")));
  EXPECT_THAT(mistakes_in(with_dirt("{kind: shifted, column: att, days: 1, share: 0.1}")),
              Contains(HasSubstr("(did you mean 'at'?)")));
}

TEST(Dirt, IsRoundedAndShownByEveryLargeEnoughFile) {
  Dirt dirt;
  dirt.per_billion = 1'000'000;  // one in a thousand
  EXPECT_EQ(dirt.rows_of(10), 0);
  EXPECT_EQ(dirt.rows_of(100), 1);
  EXPECT_EQ(dirt.rows_of(1499), 1);
  EXPECT_EQ(dirt.rows_of(1500), 2);
  EXPECT_EQ(dirt.rows_of(10'000'000'000'000), 10'000'000'000);
}

}  // namespace
}  // namespace voucher
