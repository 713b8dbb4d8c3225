#include "report/explanation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "decision/sample_dataset.h"

namespace voucher {
namespace {

using nlohmann::ordered_json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

/// Peru's 61-90, decided by itself: 2 of 3 rows have 2640.
Explanation explanation_of_a_cell() {
  Explanation explanation;
  explanation.answer = ordered_json::parse(
      R"({"segment_name":"recency_segment","segment":"61-90","voucher_amount":2640,
          "reason":"SEGMENT","evidence":{"support":2,"total":3,"share":0.667,
          "runner_up":{"voucher_amount":3520,"support":1},"tie":false},
          "version":7,"snapshot":"sha256:ab"})");
  explanation.dataset = voucher_dataset();
  explanation.group = "Peru";
  explanation.decided = {"peru", 1, "61-90"};
  explanation.counts.by_amount = {{2640, 2}, {3520, 1}};
  explanation.counts.null_rows = 1;
  return explanation;
}

CellEvidence evidence() {
  CellEvidence evidence;
  evidence.counts = explanation_of_a_cell().counts;
  evidence.rows = {{"/raw/a", 3, {"2018-07-10T00:00:00Z", "PERU", "x", "y", "7", "2640"}},
                   {"/raw/b", std::nullopt, {"z", "Peru", "x", "y", "1", std::nullopt}}};
  evidence.rejected = 5;
  evidence.rejected_by = {{"total_orders_missing", 4}, {"total_orders_negative", 1}};
  evidence.rejects = {{{"/raw/a", 9, {"z", "peru", "x", "y", std::nullopt, "1.0"}},
                       {"total_orders_missing", "last_order_after_assignment"},
                       false}};
  return evidence;
}

TEST(ExplanationText, GivesAnswerAndCountsMostUsedFirst) {
  Explanation explanation = explanation_of_a_cell();
  explanation.counts.by_amount = {{100, 1}, {2640, 2}};
  EXPECT_EQ(explanation_text(explanation),
            "voucher_amount 2640\n"
            "  SEGMENT: Peru is 61-90 in recency_segment\n"
            "  2 of 3 rows, runner-up {\"voucher_amount\":3520,\"support\":1}\n"
            "  version 7, snapshot sha256:ab\n"
            "\n"
            "  voucher_amount  rows   share\n"
            "  2640               2  66.7 %\n"
            "  100                1  33.3 %\n"
            "  NULL               1\n");
}

TEST(ExplanationText, TellsTimesWhereACustomerWasAskedFor) {
  Explanation explanation = explanation_of_a_cell();
  explanation.answer["as_of"] = "2018-07-10T00:00:00Z";
  explanation.answer["valid_until"] = "2018-08-02T00:00:00Z";
  explanation.answer["next_segment"] = nullptr;
  EXPECT_THAT(explanation_text(explanation),
              HasSubstr("  as of 2018-07-10T00:00:00Z, valid until 2018-08-02T00:00:00Z, then "
                        "unsegmented\n"));
  explanation.answer["valid_until"] = nullptr;
  EXPECT_THAT(explanation_text(explanation), HasSubstr("valid until none\n"));
}

TEST(ExplanationText, SaysThatTheGroupDecidedInPlaceOfTheSegment) {
  Explanation explanation = explanation_of_a_cell();
  explanation.answer["reason"] = "FALLBACK_GROUP";
  explanation.decided = {"peru", {}, {}};
  explanation.evidence = evidence();
  EXPECT_THAT(explanation_text(explanation),
              AllOf(HasSubstr("Peru is 61-90 in recency_segment, which has no choice"),
                    HasSubstr("\nRows of Peru: 2 of 4\n")));
}

TEST(ExplanationText, ListsRowsWithTheirPlaces) {
  Explanation explanation = explanation_of_a_cell();
  explanation.evidence = evidence();
  EXPECT_THAT(explanation_text(explanation),
              AllOf(HasSubstr("\nRows of Peru recency_segment 61-90: 2 of 4\n"),
                    testing::ContainsRegex("/raw/a +3 +2018-07-10T00:00:00Z +PERU"),
                    testing::ContainsRegex("/raw/b +\\? .*NULL\n"),
                    HasSubstr("\nRejected rows of Peru recency_segment 61-90: 1 of 5\n"),
                    testing::ContainsRegex("total_orders_missing +4\n"),
                    testing::ContainsRegex(
                        "total_orders_missing, last_order_after_assignment +cannot be told\n")));
}

TEST(ExplanationText, OfNothingHasNoTables) {
  Explanation explanation = explanation_of_a_cell();
  explanation.answer["voucher_amount"] = nullptr;
  explanation.answer["evidence"] = nullptr;
  explanation.answer["reason"] = "NO_DATA";
  explanation.counts = {};
  explanation.evidence = CellEvidence{};
  EXPECT_THAT(
      explanation_text(explanation),
      AllOf(testing::StartsWith("voucher_amount none\n"), Not(HasSubstr("share")),
            HasSubstr("Rows of Peru recency_segment 61-90: 0 of 0\n"), Not(HasSubstr("file"))));
}

TEST(ExplanationJson, AddsCountsAndRowsToTheAnswer) {
  Explanation explanation = explanation_of_a_cell();
  EXPECT_EQ(explanation_json(explanation)["amounts"],
            ordered_json::parse(R"([{"amount":2640,"rows":2},{"amount":3520,"rows":1}])"));
  EXPECT_FALSE(explanation_json(explanation).contains("rows"));
  explanation.evidence = evidence();
  const ordered_json document = explanation_json(explanation);
  EXPECT_EQ(document["null_rows"], 1);
  EXPECT_EQ(document["rows"]["cell"],
            ordered_json::parse(
                R"({"group":"peru","segment_name":"recency_segment","segment":"61-90"})"));
  EXPECT_EQ(document["rows"]["total"], 4);
  EXPECT_EQ(document["rows"]["items"][0]["values"]["total_orders"], 7) << "a number";
  EXPECT_EQ(document["rows"]["items"][1]["source_row"], nullptr);
  EXPECT_EQ(document["rows"]["items"][1]["values"]["voucher_amount"], nullptr);
  EXPECT_EQ(document["rejected"]["total"], 5);
  EXPECT_EQ(document["rejected"]["items"][0]["values"]["voucher_amount"], "1.0") << "as it was";
  EXPECT_EQ(document["rejected"]["items"][0]["reason"], "total_orders_missing");
  EXPECT_EQ(document["rejected"]["items"][0]["segment_known"], false);
}

}  // namespace
}  // namespace voucher
