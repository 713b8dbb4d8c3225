#include "replay/replay.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "api/api_fixture.h"
#include "base/files.h"
#include "replay/targets.h"

namespace voucher {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

/// Logs decisions of the API, then replays the log.
class ReplayTest : public ApiTest {
 protected:
  void SetUp() override {
    fs::remove_all(folder);
    fs::create_directories(folder);
    warehouse.publish(kVoucherId, voucher_snapshot());
    DecisionLogOptions options;
    options.file = path;
    log = *DecisionLog::start(std::move(options));
    Services services;
    services.decision_log = log.get();
    serve({}, std::move(services));
  }
  void TearDown() override { fs::remove_all(folder); }

  void ask(const json& changes = json::object()) {
    json request = json::parse(kDocumentedRequest);
    request.update(changes);
    EXPECT_LT(post("/get-segment-voucher", request.dump()).status, 300);
  }
  /// The log's text; no decision may follow.
  std::string logged() {
    log.reset();
    return *read_file(path);
  }

  ReplayReport replay(const std::string& text, const FindTarget& find, ReplayOptions options = {}) {
    EXPECT_TRUE(replace_file(path, text));
    auto stream = LineStream::open(path.string());
    Replay replay(find, std::move(options));
    while (const auto line = *stream->next()) {
      const auto outcome = replay.replay("log", *line);
      EXPECT_TRUE(outcome) << outcome.error().message;
    }
    return replay.report();
  }
  ReplayReport replay(const std::string& text, ReplayOptions options = {}) {
    return replay(
        text,
        [this](const LoggedLine& line) {
          return targets.find({std::string(line.domain), std::string(line.dataset)}, line.version);
        },
        std::move(options));
  }
  /// Against one snapshot, whatever the lines name.
  ReplayReport replay_against(const std::string& text, Snapshot snapshot) {
    const ReplayTarget target(std::move(snapshot), "");
    return replay(text, [&](const LoggedLine&) -> Result<const ReplayTarget*> { return &target; },
                  {.same_version = false});
  }

  const fs::path folder =
      fs::path(testing::TempDir()) /
      ("replay_" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
  const fs::path path = folder / "decisions.jsonl";
  std::unique_ptr<DecisionLog> log;
  VersionTargets targets{warehouse};
};

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST_F(ReplayTest, GivesTheSameAnswersFromTheVersionsThatAnswered) {
  for (const char* country : {"Peru", "PERU", "chile", "Cuba", "Nowhere"}) {
    for (const char* variant : {"recency_segment", "frequency_segment"}) {
      for (const char* last : {"2018-07-10", "2018-05-03T00:00:00.000001Z", "1999-01-01"}) {
        ask({{"country_code", country},
             {"segment_name", variant},
             {"last_order_ts", last},
             {"first_order_ts", "1990-01-01"}});
      }
    }
  }
  warehouse.publish(kVoucherId, voucher_snapshot(2000));
  reloader->look();
  ask();
  const ReplayReport report = replay(logged());
  EXPECT_EQ(report.lines, 31);
  EXPECT_EQ(report.decisions, 31);
  EXPECT_EQ(report.same, 31);
  EXPECT_THAT(report.first_different, IsEmpty());
  EXPECT_EQ(report.money_logged, report.money_replayed);
}

struct Tampering {
  const char* name;
  const char* from;
  const char* to;
  Difference difference;
};

class TamperedLogTest : public ReplayTest, public testing::WithParamInterface<Tampering> {};

INSTANTIATE_TEST_SUITE_P(
    Lines, TamperedLogTest,
    testing::Values(
        Tampering{"Amount", "\"voucher_amount\":2640", "\"voucher_amount\":2641",
                  Difference::kAmount},
        Tampering{"NoAmount", "\"voucher_amount\":2640", "\"voucher_amount\":null",
                  Difference::kAmount},
        Tampering{"Segment", "\"segment\":\"61-90\"", "\"segment\":\"91-120\"",
                  Difference::kSegment},
        Tampering{"NoSegment", "\"segment\":\"61-90\"", "\"segment\":null", Difference::kSegment},
        Tampering{"Reason", "\"reason\":\"SEGMENT\"", "\"reason\":\"FALLBACK_GROUP\"",
                  Difference::kReason},
        Tampering{"Support", "\"support\":812", "\"support\":811", Difference::kEvidence},
        Tampering{"Total", "\"total\":1990", "\"total\":1991", Difference::kEvidence},
        Tampering{"Request", "\"total_orders\":15", "\"total_orders\":-15", Difference::kRefused},
        Tampering{"Field", "\"country_code\"", "\"country_cod\"", Difference::kRefused},
        Tampering{"Snapshot", "\"snapshot\":\"sha256:", "\"snapshot\":\"sha256:0",
                  Difference::kSnapshot},
        Tampering{"Version", "\"version\":1", "\"version\":9", Difference::kVersionGone},
        Tampering{"Dataset", "\"dataset\":\"voucher\"", "\"dataset\":\"gone\"",
                  Difference::kVersionGone}),
    [](const auto& test) { return test.param.name; });

TEST_P(TamperedLogTest, IsDifferent) {
  ask();
  const Tampering& tampering = GetParam();
  const std::string good = logged();
  const ReplayReport report = replay(good + replaced(good, tampering.from, tampering.to));
  EXPECT_EQ(report.decisions, 2);
  EXPECT_EQ(report.same, 1);
  EXPECT_THAT(report.differences, ElementsAre(Pair(tampering.difference, 1)));
  ASSERT_EQ(report.first_different.size(), 1U);
  EXPECT_EQ(report.first_different[0].number, 2);
  EXPECT_EQ(report.first_different[0].file, "log");
  EXPECT_THAT(report.first_different[0].request, HasSubstr("customer_id"));
}

class MalformedLogTest : public ReplayTest, public testing::WithParamInterface<Tampering> {};

INSTANTIATE_TEST_SUITE_P(
    Lines, MalformedLogTest,
    testing::Values(
        Tampering{"Format", "\"log_format\":1", "\"log_format\":2", {}},
        Tampering{"NoObject", "{\"log_format\":1", "[\"log_format\",1", {}},
        Tampering{"VersionText", "\"version\":1", "\"version\":\"1\"", {}},
        Tampering{"VersionZero", "\"version\":1", "\"version\":0", {}},
        Tampering{"NoAnswer", "\"answer\"", "\"answr\"", {}},
        Tampering{"NoRequest", "\"request\"", "\"requst\"", {}},
        Tampering{"Reason", "\"SEGMENT\"", "\"BECAUSE\"", {}},
        Tampering{"Amount", "\"voucher_amount\":2640", "\"voucher_amount\":\"2640\"", {}},
        Tampering{"Hash", "sha256:", "sha1:", {}},
        Tampering{
            "SegmentName", "\"segment_name\":\"recency_segment\"", "\"segment_name\":null", {}},
        Tampering{"Brace", "\"request\":{", "\"request\":", {}}),
    [](const auto& test) { return test.param.name; });

TEST_P(MalformedLogTest, IsCountedAndNamed) {
  ask();
  const std::string good = logged();
  const ReplayReport report = replay(replaced(good, GetParam().from, GetParam().to) + good);
  EXPECT_EQ(report.lines, 2);
  EXPECT_EQ(report.malformed, 1);
  EXPECT_EQ(report.same, 1);
  ASSERT_EQ(report.first_malformed.size(), 1U);
  EXPECT_EQ(report.first_malformed[0].number, 1);
  EXPECT_FALSE(report.first_malformed[0].problem.empty());
}

TEST_F(ReplayTest, ToleratesALastLineThatWasCutOff) {
  ask();
  const std::string good = logged();
  for (const std::size_t length : {std::size_t{1}, good.size() / 2, good.size() - 2}) {
    const ReplayReport report = replay(good + good.substr(0, length));
    EXPECT_EQ(report.same, 1) << length;
    EXPECT_EQ(report.malformed, 0) << length;
    ASSERT_EQ(report.torn.size(), 1U) << length;
    EXPECT_EQ(report.torn[0].number, 2);
  }
  // Only its newline is missing.
  const ReplayReport whole = replay(good + good.substr(0, good.size() - 1));
  EXPECT_EQ(whole.same, 2);
  EXPECT_THAT(whole.torn, IsEmpty());
}

TEST_F(ReplayTest, LeavesOtherDatasetsOut) {
  ask();
  const std::string good = logged();
  const ReplayReport report = replay(good + replaced(good, "\"voucher\"", "\"tariff\""),
                                     {.only = DatasetId{"customer", "voucher"}});
  EXPECT_EQ(report.same, 1);
  EXPECT_EQ(report.other_datasets, 1);
  EXPECT_EQ(report.different(), 0);
}

TEST_F(ReplayTest, KeepsTheFirstDifferencesOnly) {
  for (int i = 0; i < 5; ++i) ask({{"customer_id", i}});
  const std::string good = logged();
  std::string bad = good;
  for (int i = 0; i < 5; ++i) bad = replaced(bad, ":2640", ":1");
  const ReplayReport report = replay(bad, {.shown = 2});
  EXPECT_EQ(report.different(), 5);
  ASSERT_EQ(report.first_different.size(), 2U);
  EXPECT_EQ(report.first_different[1].number, 2);
  EXPECT_EQ(report.first_different[1].logged, "1, 61-90, SEGMENT, 812 of 1990 rows");
  EXPECT_EQ(report.first_different[1].replayed, "2640, 61-90, SEGMENT, 812 of 1990 rows");
}

TEST_F(ReplayTest, CountsWhatAnotherSnapshotWouldChange) {
  ask();                                                              // 2640 in 61-90
  ask({{"country_code", "Chile"}});                                   // 1000 of the group
  ask({{"country_code", "Nowhere"}});                                 // nothing
  ask({{"segment_name", "frequency_segment"}, {"total_orders", 3}});  // 2640 in 0-4
  Snapshot changed = voucher_snapshot(3000);
  auto& segments = changed.definition.variants[1].segments;
  segments[1] = {"61-65", {61, 65}};
  segments[2] = {"66-120", {66, 120}};
  const ReplayReport report = replay_against(logged(), changed);
  EXPECT_EQ(report.decisions, 4);
  EXPECT_EQ(report.same, 0) << "nobody has data, but the segment is another";
  std::map<std::pair<std::string, std::string>, std::pair<std::int64_t, std::int64_t>> reasons;
  for (const auto& [key, moved] : report.reasons) reasons[key] = {moved.decisions, moved.money};
  using Reasons = decltype(reasons);
  EXPECT_EQ(reasons, (Reasons{{{"SEGMENT", "SEGMENT"}, {1, 360}},
                              {{"SEGMENT", "FALLBACK_GROUP"}, {1, 360}},
                              {{"FALLBACK_GROUP", "FALLBACK_GROUP"}, {1, 0}},
                              {{"NO_DATA", "NO_DATA"}, {1, 0}}}));
  ASSERT_EQ(report.segments.size(), 1U);
  EXPECT_EQ(report.segments.begin()->first, std::tuple("recency_segment", "61-90", "66-120"));
  EXPECT_EQ(report.segments.begin()->second.decisions, 3);
  EXPECT_EQ(report.segments.begin()->second.money, 360);
  EXPECT_EQ(report.money_logged, 6280);
  EXPECT_EQ(report.money_replayed, 7000);
}

TEST_F(ReplayTest, EvidenceMayDifferFromAnotherVersions) {
  ask();
  Snapshot more = voucher_snapshot();
  more.history.add("Peru", std::vector<std::optional<SegmentIndex>>{0, 1}, 2640, 5);
  const ReplayReport report = replay_against(logged(), more);
  EXPECT_EQ(report.same, 1);
}

TEST_F(ReplayTest, NamesTheRulesThatWouldRefuse) {
  ask({{"total_orders", 3}});
  ask({{"total_orders", 15}});
  Snapshot stricter = voucher_snapshot();
  stricter.definition.clean.rules.push_back(
      {"few_orders", ColumnComparison{4, Comparison::kLess, Literal{std::int64_t{10}}}});
  const ReplayReport report = replay_against(logged(), stricter);
  EXPECT_EQ(report.same, 1);
  EXPECT_THAT(report.refused_by, ElementsAre(Pair("few_orders", 1)));
  EXPECT_EQ(report.reasons.at({"SEGMENT", "REFUSED"}).money, -2640);
  EXPECT_THAT(report.first_different.at(0).replayed, HasSubstr("total_orders: Must hold"));
}

TEST_F(ReplayTest, EndsWithTheErrorOfTheWarehouse) {
  ask();
  const std::string text = logged();
  warehouse.break_with("no warehouse");
  Replay replay(
      [](const LoggedLine&) -> Result<const ReplayTarget*> {
        return fail(ErrorKind::kUnavailable, "no warehouse");
      },
      {});
  const auto outcome = replay.replay("log", {text, 0, 1});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, ErrorKind::kUnavailable);
}

}  // namespace
}  // namespace voucher
