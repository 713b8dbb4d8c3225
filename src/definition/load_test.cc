#include "definition/load.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/files.h"
#include "decision/parse.h"

namespace voucher {
namespace {

using testing::ElementsAre;

const std::string kCustomerPath = VOUCHER_SOURCE_DIR "/domains/customer/voucher.yaml";
const std::string kEnergyPath = VOUCHER_SOURCE_DIR "/tests/domains/energy/tariff.yaml";

constexpr std::string_view kSmallest = R"(
apiVersion: voucher/v1
domain: shop
dataset: coupon
source:
  columns:
    city: {type: string}
    visits: {type: integer}
    amount: {type: integer}
variants:
  loyalty:
    value: visits
    segments: [{label: all}]
decision:
  subject: {name: person}
  amount: amount
  group_by: city
)";

Rule rule(std::string id, ColumnIndex left, Comparison comparison,
          std::variant<ColumnIndex, Literal> right) {
  return {std::move(id), ColumnComparison{left, comparison, std::move(right)}};
}

Dataset customer() {
  using enum ColumnType;
  Dataset dataset;
  dataset.domain = "customer";
  dataset.dataset = "voucher";
  dataset.description = "Voucher assignments of the customer domain";
  dataset.source = {SourceFormat::kParquet,
                    {{"timestamp", kTimestamp, false},
                     {"country_code", kString, false},
                     {"last_order_ts", kTimestamp, false},
                     {"first_order_ts", kTimestamp, false},
                     {"total_orders", kInteger, false},
                     {"voucher_amount", kInteger, true}}};
  dataset.clean.rules = {
      rule("last_order_after_assignment", 2, Comparison::kLessEqual, ColumnIndex{0}),
      rule("first_order_after_last_order", 3, Comparison::kLessEqual, ColumnIndex{2}),
      rule("total_orders_negative", 4, Comparison::kGreaterEqual, Literal(std::int64_t{0}))};
  dataset.variants = {{"frequency_segment",
                       ColumnValue{4},
                       {{"0-4", {0, 4}}, {"5-13", {5, 13}}, {"14-37", {14, 37}}},
                       {{38, std::nullopt}}},
                      {"recency_segment",
                       DaysBetween{2, 0},
                       {{"30-60", {30, 60}},
                        {"61-90", {61, 90}},
                        {"91-120", {91, 120}},
                        {"121-180", {121, 180}},
                        {"180+", {181, std::nullopt}}},
                       {{std::nullopt, 29}}}};
  dataset.decision = {{"customer_id", kInteger}, 5, 1, {true, 1}, true};
  dataset.warehouse = {"customer",
                       "voucher_assignment_segmented",
                       {{"frequency_segment", "frequency_voucher_details_view"},
                        {"recency_segment", "recency_voucher_details_view"}},
                       30};
  dataset.orchestration = Orchestration{"etl_customer_voucher_assignment", "@once"};
  return dataset;
}

TEST(LoadTest, ReadsTheShippedDefinition) {
  const auto dataset = load_definition(kCustomerPath);
  ASSERT_TRUE(dataset.has_value()) << dataset.error().details.front();
  EXPECT_TRUE(*dataset == customer());
}

TEST(LoadTest, ReadsADatasetOfAnotherDomain) {
  const auto dataset = load_definition(kEnergyPath);
  ASSERT_TRUE(dataset.has_value()) << dataset.error().details.front();
  EXPECT_EQ(dataset->id(), "energy/tariff");
  EXPECT_EQ(dataset->source.format, SourceFormat::kCsv);
  EXPECT_EQ(dataset->clean.deduplicate, Deduplicate::kNone);
  EXPECT_EQ(dataset->clean.max_rejected_share, 0.5);
  EXPECT_THAT(
      dataset->clean.rules,
      ElementsAre(
          rule("contract_after_reading", 2, Comparison::kGreaterEqual, ColumnIndex{3}),
          rule("contract_too_old", 3, Comparison::kGreaterEqual,
               *parse_timestamp("2009-12-31T23:00:00Z")),
          Rule{"plan_unknown", Membership{1, {"basic", "green", "night's rate"}}},
          rule("plan_equals_region", 1, Comparison::kNotEqual, ColumnIndex{0}),
          rule("consumption_negative", 5, Comparison::kGreater, Literal(std::int64_t{-1})),
          rule("consumption_implausible", 5, Comparison::kLess, Literal(std::int64_t{1'000'000})),
          rule("balance_unset", 6, Comparison::kNotEqual, Literal(std::int64_t{-999'999})),
          rule("note_is_dash", 7, Comparison::kNotEqual, Literal("-"))));
  EXPECT_THAT(dataset->variants[2].allow_gaps,
              ElementsAre(Range{100'001, std::nullopt}, Range{-10'000, -5'001},
                          Range{std::nullopt, -100'001}));
  EXPECT_EQ(dataset->decision.subject, (Subject{"meter_id", ColumnType::kString}));
  EXPECT_EQ(dataset->decision.choose.min_support, 3);
  EXPECT_FALSE(dataset->decision.fallback_to_group);
  EXPECT_EQ(
      dataset->warehouse,
      (WarehouseNames{
          "energy",
          "tariff_offers",
          {{"tenure", "tenure_view"}, {"payment", "payment_offers"}, {"balance", "balance_view"}},
          30}));
  EXPECT_FALSE(dataset->orchestration.has_value());
}

TEST(LoadTest, FillsInWhatIsNotSaid) {
  const auto dataset = parse_definition(kSmallest, "f");
  ASSERT_TRUE(dataset.has_value()) << dataset.error().details.front();
  EXPECT_EQ(dataset->description, "");
  EXPECT_EQ(dataset->source.format, SourceFormat::kParquet);
  EXPECT_EQ(dataset->clean, (Clean{{}, Deduplicate::kAllColumns, 0.30}));
  EXPECT_EQ(dataset->decision,
            (DecisionPolicy{{"person", ColumnType::kInteger}, 2, 0, {true, 1}, true}));
  EXPECT_EQ(dataset->warehouse,
            (WarehouseNames{"shop", "coupon_segmented", {{"loyalty", "loyalty_view"}}, 30}));
  EXPECT_FALSE(dataset->orchestration.has_value());
}

TEST(LoadTest, CountsMistakesInTheMessageAndNamesTheFile) {
  const auto one = parse_definition("", "a.yaml");
  ASSERT_FALSE(one.has_value());
  EXPECT_EQ(one.error().kind, ErrorKind::kRefused);
  EXPECT_EQ(one.error().message, "a.yaml has 1 mistake; correct it");
  EXPECT_THAT(one.error().details, ElementsAre("a.yaml:1:1: the definition is empty"));
  const auto many = parse_definition("apiVersion: voucher/v1\ndomain: 7\nvariants: []\n", "a.yaml");
  ASSERT_FALSE(many.has_value());
  EXPECT_EQ(many.error().message, "a.yaml has 5 mistakes; correct them");
}

TEST(LoadTest, HoldsADefinitionToItsPlace) {
  EXPECT_TRUE(parse_definition(kSmallest, "f", {"shop", "coupon"}).has_value());
  const auto moved = parse_definition(kSmallest, "f", {"store", "voucher"});
  ASSERT_FALSE(moved.has_value());
  EXPECT_THAT(moved.error().details,
              ElementsAre("f:3:9: 'domain' is 'shop', but the file's place says 'store'",
                          "f:4:10: 'dataset' is 'coupon', but the file's place says 'voucher'"));
}

TEST(LoadTest, ReportsDerivedNamesThatAreTooLong) {
  std::string text(kSmallest);
  const std::string longest(63, 'v');
  text.replace(text.find("loyalty"), 7, longest);
  text.replace(text.find("coupon"), 6, longest);
  const auto dataset = parse_definition(text, "f");
  ASSERT_FALSE(dataset.has_value());
  EXPECT_THAT(dataset.error().details, ElementsAre(testing::HasSubstr("f:2:1: table cannot be"),
                                                   testing::HasSubstr("f:2:1: view cannot be")));
}

TEST(LoadTest, MissesFileWithItsPath) {
  const auto dataset = load_definition("/no/such/voucher.yaml");
  ASSERT_FALSE(dataset.has_value());
  EXPECT_EQ(dataset.error().kind, ErrorKind::kUnavailable);
  EXPECT_THAT(dataset.error().message, testing::HasSubstr("/no/such/voucher.yaml"));
}

/// What a hand that slips does to a text.
std::string mutated(std::string text) {
  static const std::vector<std::string> kPieces{":",        " ",     "\n",
                                                "\t",       "{",     "}",
                                                "[",        "]",     ",",
                                                "\"",       "'",     "-",
                                                "..",       "&a",    "*a",
                                                "!!",       "<<",    "\xFF",
                                                "\xC3\xA4", "\x04",  "9223372036854775807",
                                                "#",        "|",     ">",
                                                "? ",       "~",     "%",
                                                "null",     "clock", "days_between(",
                                                "in [",     "---\n"};
  for (int i = *rc::gen::inRange(1, 6); i > 0 && !text.empty(); --i) {
    const auto at = *rc::gen::inRange<std::size_t>(0, text.size());
    const auto length = *rc::gen::inRange<std::size_t>(0, 12);
    const auto piece = *rc::gen::oneOf(rc::gen::elementOf(kPieces),
                                       rc::gen::container<std::string>(rc::gen::arbitrary<char>()));
    switch (*rc::gen::inRange(0, 4)) {
      case 0: text.insert(at, piece); break;
      case 1: text.erase(at, length); break;
      case 2: text.replace(at, length, piece); break;
      default:
        text.insert(*rc::gen::inRange<std::size_t>(0, text.size()), text.substr(at, length * 8));
    }
  }
  return text;
}

void accept_or_explain(const std::string& path) {
  static std::map<std::string, std::string> originals;
  std::string& original = originals[path];
  if (original.empty()) original = read_file(path).value();
  for (int i = 0; i < 20; ++i) {
    const auto dataset = parse_definition(mutated(original), "f");
    RC_ASSERT(dataset.has_value() || !dataset.error().details.empty());
    if (!dataset) continue;
    RC_ASSERT(!dataset->variants.empty());
    RC_ASSERT(dataset->warehouse.views.size() == dataset->variants.size());
  }
}

RC_GTEST_PROP(LoadProperty, AcceptsOrExplainsAnyMutationOfTheShippedDefinition, ()) {
  accept_or_explain(kCustomerPath);
}

RC_GTEST_PROP(LoadProperty, AcceptsOrExplainsAnyMutationOfTheOtherDefinition, ()) {
  accept_or_explain(kEnergyPath);
}

RC_GTEST_PROP(LoadProperty, AcceptsOrExplainsAnyBytes, (const std::string& bytes)) {
  const auto dataset = parse_definition(bytes, "f");
  RC_ASSERT(!dataset.has_value());
  RC_ASSERT(!dataset.error().details.empty());
}

}  // namespace
}  // namespace voucher
