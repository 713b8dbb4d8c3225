// Which datasets are served, before and after there are versions.
#include <gmock/gmock.h>

#include "api/api_fixture.h"

namespace voucher {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kDecisions = "/v1/customer/voucher/decisions";
constexpr std::string_view kClassic = "/get-segment-voucher";

using UnservedApiTest = ApiTest;

TEST_F(UnservedApiTest, IsAliveButNotReadyWithoutASnapshot) {
  serve();
  EXPECT_EQ(get("/health").status, 200);
  EXPECT_EQ(get("/ready").status, 503);
  EXPECT_EQ(get("/v1/datasets").json(), json::parse(R"({"datasets":[]})"));
  for (const auto path : {kClassic, kDecisions}) {
    const Answer answer = post(path, kDocumentedRequest);
    EXPECT_EQ(answer.status, 503) << path;
    EXPECT_EQ(answer.header("Retry-After"), "1");
  }
  warehouse.publish(kVoucherId, voucher_snapshot());
  reloader->look();
  EXPECT_EQ(get("/ready").status, 200);
  EXPECT_EQ(post(kClassic, kDocumentedRequest).status, 200);
}

TEST_F(UnservedApiTest, ServesTheNamedDatasetOnly) {
  warehouse.publish(kVoucherId, voucher_snapshot());
  serve({.only = kDiscountId});
  EXPECT_EQ(get("/v1/customer/voucher").status, 404);
  EXPECT_EQ(get("/v1/shop/discount").status, 503);
  warehouse.publish(kDiscountId, discount_snapshot());
  reloader->look();
  EXPECT_EQ(get("/v1/shop/discount").status, 200);
  EXPECT_EQ(get("/v1/customer/voucher").status, 404);
}

TEST_F(UnservedApiTest, TheClassicPathServesTheOnlyDataset) {
  warehouse.publish(kDiscountId, discount_snapshot());
  serve();
  EXPECT_EQ(
      post(
          kClassic,
          R"({"account":"a","region":"nord","seen":"2020-01-01","basket":3,"segment_name":"size"})")
          .body,
      "{\"discount\": 5}");
}

TEST_F(UnservedApiTest, TheClassicPathServesTheDatasetThatIsAskedFor) {
  warehouse.publish(kDiscountId, discount_snapshot());
  warehouse.publish(kVoucherId, voucher_snapshot());
  serve({.classic = kDiscountId});
  EXPECT_EQ(post(kClassic, kDocumentedRequest).status, 422);
  serve({.classic = DatasetId{"not", "there"}});
  EXPECT_EQ(post(kClassic, kDocumentedRequest).status, 503);
}

TEST_F(UnservedApiTest, TheClassicPathServesNoneOfSeveralOthers) {
  warehouse.publish(kDiscountId, discount_snapshot());
  warehouse.publish({"shop", "rebate"}, discount_snapshot());
  serve();
  EXPECT_EQ(post(kClassic, "{}").status, 404);
}

TEST_F(UnservedApiTest, ServesADatasetOfAnyShape) {
  warehouse.publish(kDiscountId, discount_snapshot());
  serve();
  const Answer answer = post(
      "/v1/shop/discount/decisions",
      R"({"account":"a\u0041\"","region":"NORD","seen":"2020-01-01","segment_name":"size","basket":null,"channel":null})");
  EXPECT_EQ(answer.status, 200) << answer.body;
  const json decision = answer.json();
  EXPECT_EQ(decision.at("account"), "aA\"");
  EXPECT_TRUE(decision.at("segment").is_null());
  EXPECT_TRUE(decision.at("discount").is_null());
  EXPECT_EQ(decision.at("reason"), "NO_DATA");
  const json detail =
      post(
          "/v1/shop/discount/decisions",
          R"({"account":7,"region":5,"seen":1577836800,"segment_name":"size","basket":1000,"channel":"fax"})")
          .json()
          .at("detail");
  std::vector<std::string> types;
  for (const json& violation : detail) types.push_back(violation.at("type"));
  EXPECT_THAT(types, testing::ElementsAre("account_malformed", "region_malformed", "seen_malformed",
                                          "channel_known", "basket_in_range"));
}

}  // namespace
}  // namespace voucher
