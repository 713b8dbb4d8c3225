#include "decision/snapshot.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <nlohmann/json.hpp>

#include "decision/definition_json.h"
#include "decision/sample_dataset.h"

namespace voucher {
namespace {

Snapshot sample_snapshot() {
  Snapshot snapshot;
  snapshot.definition = voucher_dataset();
  snapshot.rows = {5, 3, 1, 1, {{"total_orders_missing", 1}}};
  snapshot.history = HistoryCounts(snapshot.definition.variants);
  const std::vector<std::optional<SegmentIndex>> segments{0U, std::nullopt};
  snapshot.history.add("Peru", segments, 2640, 2);
  snapshot.history.add("PERU", segments, std::nullopt, 1);
  return snapshot;
}

TEST(Snapshot, HasSortedKeysNoBlanksAndIntegersOnly) {
  const std::string text = to_canonical_json(sample_snapshot());
  EXPECT_EQ(text.find(' '), std::string::npos);
  EXPECT_EQ(text.find('\n'), std::string::npos);
  EXPECT_TRUE(text.starts_with(
      R"({"cells":[{"amounts":[[2640,2]],"group":"peru","null_rows":1,"segment":"0-4","variant":"frequency_segment"},)"
      R"({"amounts":[[2640,2]],"group":"peru","null_rows":1,"segment":null,"variant":"recency_segment"}],"definition":)"))
      << text;
  EXPECT_TRUE(text.ends_with(
      R"("format":1,"groups":[{"amounts":[[2640,2]],"group":"peru","null_rows":1,"spellings":{"PERU":1,"Peru":2}}],)"
      R"("rows":{"duplicates":1,"processed":3,"raw":5,"rejected":1,"rejected_by":{"total_orders_missing":1}}})"))
      << text;
}

TEST(Snapshot, ReadsBackWhatItWrote) {
  const Snapshot snapshot = sample_snapshot();
  const std::string text = to_canonical_json(snapshot);
  const auto again = parse_snapshot(text);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(to_canonical_json(*again), text);
  EXPECT_EQ(again->history, snapshot.history);
  EXPECT_EQ(again->rows, snapshot.rows);
  EXPECT_EQ(definition_hash(again->definition), definition_hash(snapshot.definition));
}

TEST(Snapshot, RefusesDamageAndOtherFormats) {
  const std::string text = to_canonical_json(sample_snapshot());
  EXPECT_FALSE(parse_snapshot(""));
  EXPECT_FALSE(parse_snapshot("[]"));
  EXPECT_FALSE(parse_snapshot("{}"));
  EXPECT_FALSE(parse_snapshot(text.substr(0, text.size() / 2)));
  nlohmann::json other = nlohmann::json::parse(text);
  other["format"] = 2;
  const auto newer = parse_snapshot(other.dump());
  ASSERT_FALSE(newer);
  EXPECT_EQ(newer.error().kind, ErrorKind::kRefused);
  EXPECT_NE(newer.error().message.find("format 2"), std::string::npos);
  for (const char* key : {"cells", "groups", "rows", "definition", "format"}) {
    nlohmann::json missing = nlohmann::json::parse(text);
    missing.erase(key);
    EXPECT_FALSE(parse_snapshot(missing.dump())) << key;
  }
}

TEST(Snapshot, RefusesACellItsDefinitionDoesNotKnow) {
  nlohmann::json document = nlohmann::json::parse(to_canonical_json(sample_snapshot()));
  document["cells"][0]["segment"] = "999";
  EXPECT_FALSE(parse_snapshot(document.dump()));
  document["cells"][0]["segment"] = "0-4";
  document["cells"][0]["group"] = "chile";
  EXPECT_FALSE(parse_snapshot(document.dump()));
}

TEST(DefinitionHash, ChangesWithWhatDecidesOnly) {
  const Dataset dataset = voucher_dataset();
  Dataset same = dataset;
  same.description = "other";
  same.clean.max_rejected_share = 0.9;
  same.warehouse.table = "other";
  same.orchestration = Orchestration{"dag", "@daily"};
  EXPECT_EQ(definition_hash(same), definition_hash(dataset));
  Dataset other = dataset;
  other.variants[1].segments[0].range.to = 59;
  EXPECT_NE(definition_hash(other), definition_hash(dataset));
  other = dataset;
  other.decision.choose.min_support = 2;
  EXPECT_NE(definition_hash(other), definition_hash(dataset));
  other = dataset;
  other.clean.rules.pop_back();
  EXPECT_NE(definition_hash(other), definition_hash(dataset));
  other = dataset;
  other.source.columns[5].nullable = false;
  EXPECT_NE(definition_hash(other), definition_hash(dataset));
}

TEST(DefinitionJson, TellsWhetherRowsStayWhatTheyAre) {
  const Dataset before = voucher_dataset();
  Dataset labels = before;
  labels.variants[0].segments[0].label = "few";
  labels.decision.choose.min_support = 3;
  labels.clean.max_rejected_share = 0.9;
  EXPECT_TRUE(makes_same_rows(before, labels));
  Dataset rules = before;
  rules.clean.rules.pop_back();
  EXPECT_FALSE(makes_same_rows(before, rules));
  Dataset columns = before;
  columns.source.columns[4].nullable = true;
  EXPECT_FALSE(makes_same_rows(before, columns));
}

TEST(DefinitionJson, KeepsEveryKindOfRule) {
  Dataset dataset = voucher_dataset();
  dataset.clean.rules = {{"a", Membership{1, {std::string("Peru")}}},
                         {"b", Membership{4, {std::int64_t{1}, std::int64_t{-2}}}},
                         {"c", ColumnComparison{2, Comparison::kGreater, Literal(Timestamp{5})}},
                         {"d", ColumnComparison{2, Comparison::kNotEqual, ColumnIndex{3}}}};
  dataset.clean.deduplicate = Deduplicate::kNone;
  dataset.decision.fallback_to_group = false;
  dataset.decision.subject.type = ColumnType::kString;
  const auto again = dataset_from_deciding_json(deciding_json(dataset));
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->clean, dataset.clean);
  EXPECT_EQ(again->variants, dataset.variants);
  EXPECT_EQ(again->decision, dataset.decision);
  EXPECT_EQ(again->source, dataset.source);
}

RC_GTEST_PROP(Snapshot, IsTheSameHoweverHistoryWasSplit, ()) {
  const Dataset dataset = voucher_dataset();
  const auto rows = *rc::gen::container<std::vector<std::tuple<int, int, int>>>(
      rc::gen::tuple(rc::gen::inRange(0, 4), rc::gen::inRange(0, 5), rc::gen::inRange(0, 4)));
  const std::vector<std::string> spellings{"Peru", "PERU", "peru", "China"};
  HistoryCounts whole(dataset.variants);
  std::vector<HistoryCounts> parts(3, HistoryCounts(dataset.variants));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto [group, segment, amount] = rows[i];
    const std::vector<std::optional<SegmentIndex>> segments{
        segment < 3 ? std::optional<SegmentIndex>(segment) : std::nullopt,
        static_cast<SegmentIndex>(segment)};
    const auto value = amount < 3 ? std::optional<std::int64_t>(amount * 10) : std::nullopt;
    whole.add(spellings[static_cast<std::size_t>(group)], segments, value, 1);
    parts[i % parts.size()].add(spellings[static_cast<std::size_t>(group)], segments, value, 1);
  }
  HistoryCounts sum(dataset.variants);
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) sum += *part;
  RC_ASSERT(sum == whole);
  Snapshot snapshot;
  snapshot.definition = dataset;
  snapshot.history = sum;
  const std::string text = to_canonical_json(snapshot);
  snapshot.history = whole;
  RC_ASSERT(text == to_canonical_json(snapshot));
}

}  // namespace
}  // namespace voucher
