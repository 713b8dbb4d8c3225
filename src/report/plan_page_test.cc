// The two forms of a plan that programs and browsers read.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "report/flow_picture.h"
#include "report/plan_fixture.h"
#include "report/plan_html.h"
#include "report/plan_json.h"

namespace voucher {
namespace {

using plan_fixture::HistoryRow;
using plan_fixture::merged_dataset;
using plan_fixture::merged_history;
using plan_fixture::planned;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

PlanReport merged_report() {
  return compare_states(planned(voucher_dataset(), merged_dataset(), merged_history()));
}

TEST(PlanJson, HoldsAllThatTheReportSays) {
  const auto document = plan_json(merged_report());
  EXPECT_EQ(document["changes"], true);
  EXPECT_EQ(document["version"], 7);
  EXPECT_EQ(document["variants"][1]["moves"],
            nlohmann::ordered_json::parse(
                R"([{"from":"61-90","to":"61-120","rows":4,"renamed":false},
                    {"from":"91-120","to":"61-120","rows":3,"renamed":false}])"));
  EXPECT_EQ(document["decisions"],
            nlohmann::ordered_json::parse(
                R"([{"group":"Peru","segment_name":"recency_segment","from":"91-120",
                     "to":"61-120","before":200,"after":100,"rows":2}])"));
  EXPECT_EQ(document["money"]["difference"], -200);
  EXPECT_EQ(document["money"]["variants"][1]["groups"][1],
            nlohmann::ordered_json::parse(
                R"({"group":"Peru","difference":-200,"before":700,"after":500,"rows":5,
                    "rows_without_choice":{"before":0,"after":0}})"));
  const auto& appears = document["cells"]["changes"][4];
  EXPECT_EQ(appears["kind"], "appears");
  EXPECT_EQ(appears["segment_before"], nullptr);
  EXPECT_EQ(appears["after"], nlohmann::ordered_json::parse(
                                  R"({"voucher_amount":100,"support":3,"total":5,"share":0.6,
                    "runner_up":{"voucher_amount":200,"support":2},"tie":false})"));
}

TEST(PlanJson, SaysNullWhereRowsAreNotProcessed) {
  std::vector<HistoryRow> rows = merged_history();
  rows[0].after = false;
  const auto document =
      plan_json(compare_states(planned(voucher_dataset(), voucher_dataset(), rows)));
  EXPECT_EQ(
      document["variants"][1]["moves"],
      nlohmann::ordered_json::parse(R"([{"from":"61-90","to":null,"rows":1,"renamed":false}])"));
  EXPECT_EQ(document["rows"]["leaving"], 1);
}

TEST(PlanHtml, IsOnePageWithoutAnythingBesideIt) {
  const std::string page = plan_html(merged_report(), {"2026-01-01T00:00:00Z", "me@here"});
  EXPECT_THAT(page, AllOf(testing::StartsWith("<!doctype html>"), HasSubstr("</html>"),
                          HasSubstr("merged into 61-120"), HasSubstr("me@here"), HasSubstr("<svg"),
                          HasSubstr("-200")));
  EXPECT_THAT(page, Not(testing::ContainsRegex("src=|href=|https?:|<script")));
}

TEST(PlanHtml, EscapesWhatComesFromTheData) {
  std::vector<HistoryRow> rows = merged_history();
  for (HistoryRow& row : rows) row.group = "<script>alert('x & \"y\"')</script>";
  Dataset after = merged_dataset();
  after.variants[1].segments[1].label = "<b>61</b>";
  const std::string page =
      plan_html(compare_states(planned(voucher_dataset(), after, rows)), {"<now>", "<me>"});
  EXPECT_THAT(page, Not(testing::ContainsRegex("<script|<b>61|<now>|<me>")));
  EXPECT_THAT(page, AllOf(HasSubstr("&lt;script&gt;alert(&#39;x &amp; &quot;y&quot;&#39;)"),
                          HasSubstr("&lt;b&gt;61&lt;/b&gt;")));
}

TEST(PlanHtml, OfNothingIsItsHeadline) {
  const std::string page = plan_html(
      compare_states(planned(voucher_dataset(), voucher_dataset(), merged_history())), {"", ""});
  EXPECT_THAT(page, AllOf(HasSubstr("nothing changes against version 7"), Not(HasSubstr("<h2>"))));
}

std::size_t count(std::string_view text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1))
    ++found;
  return found;
}

TEST(FlowPicture, DrawsARibbonForEachFlowAndABarForEachSegment) {
  std::vector<HistoryRow> rows = merged_history();
  rows[0].after = false;
  rows[7].before = false;
  const PlanReport report = compare_states(planned(voucher_dataset(), merged_dataset(), rows));
  const VariantMoves& recency = report.variants[1];
  const std::string picture = flow_picture(recency);
  EXPECT_EQ(count(picture, "class=\"moves\""), 2U);
  EXPECT_EQ(count(picture, "class=\"leaves\""), 1U);
  EXPECT_EQ(count(picture, "class=\"joins\""), 1U);
  EXPECT_EQ(count(picture, "class=\"stays\""), recency.stays.size());
  EXPECT_EQ(count(picture, "class=\"bar\""), 7U + 6U) << "segments, unsegmented, not processed";
  EXPECT_THAT(picture, HasSubstr("<title>91-120 → 61-120: 3</title>"));
}

TEST(FlowPicture, IsEmptyWithoutRows) {
  EXPECT_EQ(flow_picture({}), "");
}

}  // namespace
}  // namespace voucher
