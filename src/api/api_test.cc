#include "api/api.h"

#include <gmock/gmock.h>

#include <regex>

#include "api/api_fixture.h"
#include "api/ids.h"

namespace voucher {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kDecisions = "/v1/customer/voucher/decisions";
constexpr std::string_view kClassic = "/get-segment-voucher";

TEST_F(ServedApiTest, AnswersTheClassicRequest) {
  const Answer answer = post(kClassic, kDocumentedRequest);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "{\"voucher_amount\": 2640}");
  EXPECT_EQ(answer.content_type, "application/json");
}

TEST_F(ServedApiTest, HasNoContentWhereThereIsNoDecision) {
  std::string request(kDocumentedRequest);
  request.replace(request.find("Peru"), 4, "Cuba");
  const Answer answer = post(kClassic, request);
  EXPECT_EQ(answer.status, 204);
  EXPECT_EQ(answer.body, "");
}

TEST_F(ServedApiTest, AnswersADecisionWithItsEvidence) {
  const Answer answer = post(kDecisions, kDocumentedRequest);
  EXPECT_EQ(answer.status, 200);
  json decision = answer.json();
  EXPECT_EQ(decision.at("decision_id").get<std::string>().size(), 26U);
  decision.erase("decision_id");
  const std::string snapshot = sha256_hex(to_canonical_json(voucher_snapshot()));
  const json expected = json::parse(R"({
    "customer_id":123,"segment_name":"recency_segment","segment":"61-90","voucher_amount":2640,
    "reason":"SEGMENT",
    "evidence":{"support":812,"total":1990,"share":0.408,
                "runner_up":{"voucher_amount":3520,"support":640},"tie":false},
    "as_of":"2018-07-10T00:00:00Z","valid_until":"2018-08-02T00:00:00Z",
    "next_segment":"91-120","version":1})");
  json with_snapshot = expected;
  with_snapshot["snapshot"] = "sha256:" + snapshot;
  EXPECT_EQ(decision, with_snapshot);
  EXPECT_EQ(answer.header("ETag"), "\"1-" + snapshot + "\"");
}

TEST_F(ServedApiTest, FallsBackToTheGroupAndThenToNothing) {
  std::string request(kDocumentedRequest);
  request.replace(request.find("Peru"), 4, "CHILE");
  json decision = post(kDecisions, request).json();
  EXPECT_EQ(decision.at("reason"), "FALLBACK_GROUP");
  EXPECT_EQ(decision.at("voucher_amount"), 1000);
  EXPECT_EQ(decision.at("segment"), "61-90");
  request.replace(request.find("CHILE"), 5, "Nowhere");
  const Answer answer = post(kDecisions, request);
  EXPECT_EQ(answer.status, 200);
  decision = answer.json();
  EXPECT_EQ(decision.at("reason"), "NO_DATA");
  EXPECT_TRUE(decision.at("voucher_amount").is_null());
  EXPECT_TRUE(decision.at("evidence").is_null());
}

TEST_F(ServedApiTest, DecidesNowWhereAsOfIsMissing) {
  json request = json::parse(kDocumentedRequest);
  request.erase("as_of");
  EXPECT_EQ(post(kDecisions, request.dump()).json().at("as_of"), "2018-07-10T00:00:00Z");
  request["as_of"] = nullptr;
  EXPECT_EQ(post(kDecisions, request.dump()).json().at("as_of"), "2018-07-10T00:00:00Z");
}

struct Boundary {
  const char* as_of;
  const char* segment;
  const char* valid_until;
  const char* next;
};

class BoundaryTest : public ServedApiTest, public testing::WithParamInterface<Boundary> {};

// The last order is on 2018-05-03; days are calendar days in UTC.
INSTANTIATE_TEST_SUITE_P(
    Cuts, BoundaryTest,
    testing::Values(
        Boundary{"2018-05-03T00:00:00Z", "null", "2018-06-02T00:00:00Z", "30-60"},
        Boundary{"2018-06-01T23:59:59.999999Z", "null", "2018-06-02T00:00:00Z", "30-60"},
        Boundary{"2018-06-02T00:00:00Z", "30-60", "2018-07-03T00:00:00Z", "61-90"},
        Boundary{"2018-07-03T01:30:00+02:00", "30-60", "2018-07-03T00:00:00Z", "61-90"},
        Boundary{"2018-07-03", "61-90", "2018-08-02T00:00:00Z", "91-120"},
        Boundary{"2018-08-01 23:59:59.999999999", "61-90", "2018-08-02T00:00:00Z", "91-120"},
        Boundary{"2018-10-30", "121-180", "2018-10-31T00:00:00Z", "180+"},
        Boundary{"2018-10-31", "180+", "null", "null"},
        Boundary{"2200-12-31", "180+", "null", "null"}));

TEST_P(BoundaryTest, ChangesAtMidnightUtc) {
  json request = json::parse(kDocumentedRequest);
  request["as_of"] = GetParam().as_of;
  const json decision = post(kDecisions, request.dump()).json();
  const auto text = [&](const char* name) {
    return decision.at(name).is_null() ? "null" : decision.at(name).get<std::string>();
  };
  EXPECT_EQ(text("segment"), GetParam().segment);
  EXPECT_EQ(text("valid_until"), GetParam().valid_until);
  EXPECT_EQ(text("next_segment"), GetParam().next);
}

TEST_F(ServedApiTest, NamesEveryErrorOfABodyAtOnce) {
  const Answer answer = post(kDecisions, R"({"customer_id":true,"last_order_ts":"2018-05-03",
      "first_order_ts":"2018-05-04","total_orders":-1,"segment_name":"x","country_code":""})");
  EXPECT_EQ(answer.status, 422);
  EXPECT_EQ(answer.json(), json::parse(R"({"detail":[
    {"type":"customer_id_malformed","loc":["body","customer_id"],
     "msg":"Not an integer: a whole number within 64 bits, or its text","input":true},
    {"type":"country_code_missing","loc":["body","country_code"],
     "msg":"A value is required: null and the empty text are none","input":""},
    {"type":"segment_name_unknown","loc":["body","segment_name"],
     "msg":"No such segment_name; there are: frequency_segment, recency_segment","input":"x"},
    {"type":"first_order_after_last_order","loc":["body","first_order_ts"],
     "msg":"Must hold: first_order_ts <= last_order_ts","input":"2018-05-04"},
    {"type":"total_orders_negative","loc":["body","total_orders"],
     "msg":"Must hold: total_orders >= 0","input":-1}]})"));
}

TEST_F(ServedApiTest, NamesEveryMissingField) {
  const json detail = post(kDecisions, "{}").json().at("detail");
  ASSERT_EQ(detail.size(), 6U);
  for (const json& violation : detail) {
    EXPECT_EQ(violation.at("type"), "missing");
    EXPECT_EQ(violation.at("msg"), "Field required");
  }
  EXPECT_EQ(detail[0].at("loc"), json::parse(R"(["body","customer_id"])"));
}

TEST_F(ServedApiTest, HoldsTheClockToTheRulesToo) {
  json request = json::parse(kDocumentedRequest);
  request["as_of"] = "2018-05-02";
  EXPECT_EQ(post(kDecisions, request.dump()).json().at("detail")[0].at("type"),
            "last_order_after_assignment");
  request["as_of"] = "yesterday";
  const json detail = post(kDecisions, request.dump()).json().at("detail");
  ASSERT_EQ(detail.size(), 1U);
  EXPECT_EQ(detail[0].at("type"), "as_of_malformed");
}

struct TotalOrders {
  const char* json_text;
  bool valid;
};

class IntegerTest : public ServedApiTest, public testing::WithParamInterface<TotalOrders> {};

INSTANTIATE_TEST_SUITE_P(
    Forms, IntegerTest,
    testing::Values(TotalOrders{"1", true}, TotalOrders{"1.0", true}, TotalOrders{"1e2", true},
                    TotalOrders{"-0", true}, TotalOrders{"\"1.0\"", true},
                    TotalOrders{"\"+1\"", true}, TotalOrders{"9223372036854775807", true},
                    TotalOrders{"9223372036854775808", false},
                    TotalOrders{"9007199254740992.0", false}, TotalOrders{"1.5", false},
                    TotalOrders{"1e400", false}, TotalOrders{"99999999999999999999999999", false},
                    TotalOrders{"\"1.5\"", false}, TotalOrders{"\" 1\"", false},
                    TotalOrders{"\"1e2\"", false}, TotalOrders{"true", false},
                    TotalOrders{"[1]", false}, TotalOrders{"{\"a\":1}", false}));

TEST_P(IntegerTest, AreReadAsTheHistoryIs) {
  json request = json::parse(kDocumentedRequest);
  request["total_orders"] = "@";
  std::string body = request.dump();
  body.replace(body.find("\"@\""), 3, GetParam().json_text);
  const Answer answer = post(kDecisions, body);
  if (GetParam().valid) {
    EXPECT_EQ(answer.status, 200) << answer.body;
  } else {
    EXPECT_EQ(answer.status, 422);
    EXPECT_THAT(answer.body, HasSubstr(R"("type":"total_orders_malformed")"));
    EXPECT_THAT(answer.body, HasSubstr(std::string(R"("input":)") + GetParam().json_text));
  }
}

TEST_F(ServedApiTest, RefusesRepeatedFields) {
  std::string body(kDocumentedRequest);
  body.insert(1, R"("customer_id":7,)");
  const Answer answer = post(kDecisions, body);
  EXPECT_EQ(answer.status, 422);
  EXPECT_EQ(answer.json().at("detail")[0].at("type"), "duplicate_field");
}

TEST_F(ServedApiTest, IgnoresUnknownFields) {
  std::string body(kDocumentedRequest);
  body.insert(1, R"("x":{"y":[1]},"x":2,)");
  EXPECT_EQ(post(kDecisions, body).status, 200);
}

TEST_F(ServedApiTest, RefusesWhatIsNoJson) {
  for (const std::string body : {"", "{", "{\"a\":\"\xff\"}", "{}}"}) {
    const Answer answer = post(kDecisions, body);
    EXPECT_EQ(answer.status, 400) << body;
    EXPECT_EQ(answer.json().at("detail")[0].at("type"), "json_invalid");
    EXPECT_EQ(answer.json().at("detail")[0].at("loc"), json::parse(R"(["body"])"));
  }
  const Answer deep = post(kDecisions, R"({"a":[[[[1]]]]})");
  EXPECT_EQ(deep.status, 400);
  EXPECT_EQ(deep.json().at("detail")[0].at("type"), "json_too_deep");
}

TEST_F(ServedApiTest, RefusesABodyThatIsNoObject) {
  for (const std::string body : {"[]", "1", "\"x\"", "null", "true"}) {
    const Answer answer = post(kDecisions, body);
    EXPECT_EQ(answer.status, 422) << body;
    EXPECT_EQ(answer.json().at("detail")[0].at("type"), "object_required");
    EXPECT_EQ(answer.json().at("detail")[0].at("input"), json::parse(body));
  }
}

TEST_F(ServedApiTest, ShowsNoInputOverOneKibibyte) {
  json request = json::parse(kDocumentedRequest);
  request["last_order_ts"] = std::string(1100, 'x');
  EXPECT_TRUE(post(kDecisions, request.dump()).json().at("detail")[0].at("input").is_null());
}

TEST_F(ServedApiTest, TakesJsonOnly) {
  EXPECT_EQ(post(kDecisions, kDocumentedRequest, {{"content-type", "application/json"}}).status,
            200);
  EXPECT_EQ(
      post(kDecisions, kDocumentedRequest, {{"Content-Type", "Application/JSON; charset=utf-8"}})
          .status,
      200);
  for (const auto* type :
       {"text/plain", "application/x-www-form-urlencoded", "", "application/jsonx"}) {
    EXPECT_EQ(post(kDecisions, kDocumentedRequest, {{"Content-Type", type}}).status, 415) << type;
    EXPECT_EQ(
        post(std::string(kDecisions) + "/batch", "{\"items\":[]}", {{"Content-Type", type}}).status,
        415);
  }
}

TEST_F(ServedApiTest, KnowsNoOtherPaths) {
  for (const auto* path :
       {"/nothing", "/v1", "/v1/", "/v1/datasets/", "//", "/v1//voucher/decisions",
        "/v1/customer/voucher/decisions/", "/v1/customer/voucher/versions/2",
        "/v1/customer/voucher/versions/x", "/v1/customer/voucher/versions/1/2", "/docs/nothing.js",
        "/v1/customer/%76oucher%2F/versions"}) {
    EXPECT_EQ(get(path).status, 404) << path;
    EXPECT_TRUE(get(path).json().at("detail").is_string());
  }
  EXPECT_EQ(post("/v1/customer/other/decisions", kDocumentedRequest).status, 404);
}

TEST_F(ServedApiTest, ReadsPercentCodesInPaths) {
  EXPECT_EQ(get("/v1/customer/%76oucher").status, 200);
  EXPECT_EQ(get("/v1/customer/voucher%2Fversions").status, 404);
}

TEST_F(ServedApiTest, NamesTheMethodsOfAPath) {
  const Answer got = get(kDecisions);
  EXPECT_EQ(got.status, 405);
  EXPECT_EQ(got.header("Allow"), "POST");
  const Answer posted = post("/health", "");
  EXPECT_EQ(posted.status, 405);
  EXPECT_EQ(posted.header("Allow"), "GET, HEAD");
  EXPECT_EQ(send(http::Method::kOther, "/health").status, 405);
  EXPECT_EQ(send(http::Method::kHead, "/health").status, 200);
  EXPECT_EQ(send(http::Method::kHead, kClassic).status, 405);
}

TEST_F(ServedApiTest, GivesBackAPlainRequestIdAndReplacesOthers) {
  EXPECT_EQ(get("/health", {{"x-request-id", "abc-1"}}).header("X-Request-ID"), "abc-1");
  const std::string made = get("/health", {{"X-Request-ID", "a b"}}).header("X-Request-ID");
  EXPECT_EQ(made.size(), 26U);
  EXPECT_NE(made, get("/health").header("X-Request-ID"));
}

TEST_F(ServedApiTest, DescribesWhatIsServed) {
  const json list = get("/v1/datasets").json().at("datasets");
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0].at("path"), "/v1/customer/voucher");
  EXPECT_EQ(list[0].at("classic"), true);
  const json dataset = get("/v1/customer/voucher").json();
  EXPECT_EQ(dataset.at("version"), 1);
  EXPECT_EQ(dataset.at("definition"), "sha256:" + definition_hash(voucher_dataset()));
  EXPECT_EQ(dataset.at("variants")[0].at("name"), "frequency_segment");
  EXPECT_EQ(dataset.at("rows").at("raw"), 2008);
  EXPECT_EQ(dataset.at("groups").size(), 3U);
  EXPECT_EQ(dataset.at("cells").size(), 3U * (4 + 6));
  const json versions = get("/v1/customer/voucher/versions").json();
  EXPECT_EQ(versions.at("live"), 1);
  EXPECT_EQ(versions.at("versions")[0].at("publications")[0].at("by"), "tester@host");
  EXPECT_EQ(get("/v1/customer/voucher/versions/1").json().at("state"), "published");
}

TEST_F(ServedApiTest, AnswersThatNothingHasChanged) {
  for (const auto* path :
       {"/v1/datasets", "/v1/customer/voucher", "/v1/customer/voucher/versions",
        "/v1/customer/voucher/versions/1", "/openapi.json", "/docs", "/", "/docs/swagger-ui.css"}) {
    const std::string etag = get(path).header("ETag");
    ASSERT_FALSE(etag.empty()) << path;
    const Answer answer = get(path, {{"If-None-Match", "\"other\", W/" + etag}});
    EXPECT_EQ(answer.status, 304) << path;
    EXPECT_EQ(answer.body, "");
    EXPECT_EQ(answer.header("ETag"), etag);
    EXPECT_EQ(get(path, {{"If-None-Match", "\"other\""}}).status, 200);
  }
}

TEST_F(ServedApiTest, PagesRunNothingButTheirOwnScripts) {
  const Answer page = get("/docs");
  EXPECT_EQ(page.content_type, "text/html; charset=utf-8");
  EXPECT_THAT(page.header("Content-Security-Policy"), HasSubstr("script-src 'self';"));
  EXPECT_FALSE(std::regex_search(page.body, std::regex("<script>|onload=|https?://")));
  const std::regex link("(?:href|src)=\"([^\"]+)\"");
  for (const auto* path : {"/", "/docs"}) {
    const std::string html = get(path).body;
    for (std::sregex_iterator it(html.begin(), html.end(), link), end; it != end; ++it) {
      EXPECT_EQ(get((*it)[1].str()).status, 200) << (*it)[1];
    }
  }
}

TEST_F(ServedApiTest, CountsRequestsAndDecisions) {
  post(kDecisions, kDocumentedRequest);
  post(kDecisions, "{}");
  post(std::string(kDecisions) + "/batch", "{\"items\":[" + std::string(kDocumentedRequest) + "]}");
  get("/nowhere");
  const Answer answer = get("/metrics");
  EXPECT_THAT(answer.content_type, HasSubstr("text/plain"));
  for (const auto* line :
       {R"(voucher_http_requests_total{route="/v1/{domain}/{dataset}/decisions",status="200"} 1)",
        R"(voucher_http_requests_total{route="/v1/{domain}/{dataset}/decisions",status="422"} 1)",
        R"metric(voucher_http_requests_total{route="(none)",status="404"} 1)metric",
        R"(voucher_http_request_seconds_count{route="/v1/{domain}/{dataset}/decisions"} 2)",
        R"(voucher_decisions_total{domain="customer",dataset="voucher",reason="SEGMENT"} 2)",
        R"(voucher_snapshot_version{domain="customer",dataset="voucher"} 1)",
        R"(voucher_snapshot_age_seconds{domain="customer",dataset="voucher"} 777600)"}) {
    EXPECT_THAT(answer.body, HasSubstr(std::string(line) + "\n"));
  }
}

TEST_F(ServedApiTest, ErrorsOfTheServerHaveTheSameForm) {
  http::Response response;
  api->error_page()(431, "too many headers", response);
  EXPECT_EQ(response.status, 431);
  EXPECT_EQ(response.body, R"({"detail":"too many headers"})");
  EXPECT_THAT(response.headers, HasSubstr("X-Request-ID: "));
}

}  // namespace
}  // namespace voucher
