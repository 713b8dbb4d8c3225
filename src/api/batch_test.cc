#include <gmock/gmock.h>

#include "api/api_fixture.h"

namespace voucher {
namespace {

using nlohmann::json;
using testing::HasSubstr;

constexpr std::string_view kDecisions = "/v1/customer/voucher/decisions";

TEST_F(ServedApiTest, AnswersEachItemOfABatch) {
  const std::string good(kDocumentedRequest);
  const Answer answer =
      post(std::string(kDecisions) + "/batch", "{\"items\":[" + good + ",7,{}," + good + "]}");
  EXPECT_EQ(answer.status, 200);
  const json items = answer.json().at("items");
  ASSERT_EQ(items.size(), 4U);
  EXPECT_EQ(items[0].at("status"), 200);
  EXPECT_EQ(items[0].at("decision").at("voucher_amount"), 2640);
  EXPECT_EQ(items[1].at("status"), 422);
  EXPECT_EQ(items[1].at("detail")[0].at("type"), "object_required");
  EXPECT_EQ(items[1].at("detail")[0].at("loc"), json::parse(R"(["body","items",1])"));
  EXPECT_EQ(items[2].at("detail").size(), 6U);
  EXPECT_EQ(items[2].at("detail")[0].at("loc"), json::parse(R"(["body","items",2,"customer_id"])"));
  EXPECT_NE(items[0].at("decision").at("decision_id"), items[3].at("decision").at("decision_id"));
}

TEST_F(ServedApiTest, TakesUpToAThousandItems) {
  const auto batch_of = [](int count) {
    std::string body = "{\"items\":[";
    for (int i = 0; i < count; ++i) body += (i > 0 ? ",{}" : "{}");
    return body + "]}";
  };
  const std::string path = std::string(kDecisions) + "/batch";
  EXPECT_EQ(post(path, batch_of(0)).body, "{\"items\":[]}");
  EXPECT_EQ(post(path, batch_of(1000)).json().at("items").size(), 1000U);
  const Answer over = post(path, batch_of(1001));
  EXPECT_EQ(over.status, 422);
  EXPECT_EQ(over.json().at("detail")[0].at("type"), "items_too_long");
}

TEST_F(ServedApiTest, RefusesABatchWithoutItems) {
  const std::string path = std::string(kDecisions) + "/batch";
  const auto type_of = [&](std::string_view body) {
    const Answer answer = post(path, body);
    EXPECT_EQ(answer.status, 422) << body;
    return answer.json().at("detail")[0].at("type").get<std::string>();
  };
  EXPECT_EQ(type_of("{}"), "missing");
  EXPECT_EQ(type_of("[]"), "object_required");
  EXPECT_EQ(type_of(R"({"items":{}})"), "items_malformed");
  EXPECT_EQ(type_of(R"({"items":null})"), "items_malformed");
  EXPECT_EQ(type_of(R"({"items":[],"items":[]})"), "duplicate_field");
  EXPECT_EQ(post(path, R"({"items":[{}})").status, 400);
  EXPECT_EQ(post(path, R"({"items":[{"a":[[]]}]})").status, 400);
}

TEST_F(ServedApiTest, AbandonedBatchesCountNoDecisions) {
  post(std::string(kDecisions) + "/batch", "{\"items\":[" + std::string(kDocumentedRequest) + "]");
  EXPECT_THAT(
      get("/metrics").body,
      HasSubstr(
          R"(voucher_decisions_total{domain="customer",dataset="voucher",reason="SEGMENT"} 0)"));
}

TEST_F(ServedApiTest, BatchesMayBeLarge) {
  const auto limit = Api::body_limit();
  EXPECT_EQ(limit(http::Method::kPost, "/v1/a/b/decisions/batch"), 1U << 20U);
  EXPECT_EQ(limit(http::Method::kGet, "/v1/a/b/decisions/batch"), 4096U);
  EXPECT_EQ(limit(http::Method::kPost, "/v1/a/b/decisions"), 4096U);
  EXPECT_EQ(limit(http::Method::kPost, "/nowhere"), 4096U);
}

}  // namespace
}  // namespace voucher
