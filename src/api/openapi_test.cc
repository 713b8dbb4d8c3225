#include "api/openapi.h"

#include <gmock/gmock.h>

#include <set>

#include "api/api_fixture.h"
#include "api/routes.h"
#include "api/statuses.h"

namespace voucher {
namespace {

using nlohmann::json;

class OpenApiTest : public ApiTest {
 protected:
  json document;

  void SetUp() override {
    warehouse.publish(kVoucherId, voucher_snapshot());
    warehouse.publish(kDiscountId, discount_snapshot());
    serve();
    document = get("/openapi.json").json();
  }
};

void collect_references(const json& node, std::set<std::string>& references) {
  if (node.is_object() && node.contains("$ref")) references.insert(node.at("$ref"));
  if (node.is_structured()) {
    for (const json& inner : node) collect_references(inner, references);
  }
}

TEST_F(OpenApiTest, EveryReferenceLeadsSomewhere) {
  std::set<std::string> references;
  collect_references(document, references);
  EXPECT_GT(references.size(), 10U);
  for (const std::string& reference : references) {
    EXPECT_TRUE(document.contains(json::json_pointer(reference.substr(1)))) << reference;
  }
}

TEST_F(OpenApiTest, EveryRouteIsDescribedForEveryDataset) {
  const json& paths = document.at("paths");
  for (const Route& route : routes()) {
    const std::string method = route.method == http::Method::kPost ? "post" : "get";
    for (const DatasetId& id : {kVoucherId, kDiscountId}) {
      std::string path(route.pattern);
      if (const auto at = path.find("{domain}/{dataset}"); at != std::string::npos) {
        path.replace(at, 18, id.domain + "/" + id.dataset);
      }
      ASSERT_TRUE(paths.contains(path)) << path;
      EXPECT_TRUE(paths.at(path).contains(method)) << path;
    }
  }
}

TEST_F(OpenApiTest, EveryOperationHasItsOwnName) {
  std::set<std::string> names;
  std::size_t operations = 0;
  for (const json& path : document.at("paths")) {
    for (const json& operation : path) {
      names.insert(operation.at("operationId"));
      ++operations;
    }
  }
  EXPECT_EQ(names.size(), operations);
}

TEST_F(OpenApiTest, EveryStatusOfTheTableIsDescribedSomewhere) {
  std::set<std::string> described;
  for (const json& path : document.at("paths")) {
    for (const json& operation : path) {
      for (const auto& [code, response] : operation.at("responses").items()) {
        described.insert(code);
        EXPECT_FALSE(response.at("description").empty());
      }
    }
  }
  for (const status::Meaning& meaning : status::kMeanings) {
    if (meaning.code == status::kMethodNotAllowed) continue;  // of methods that are not described
    EXPECT_TRUE(described.contains(std::to_string(meaning.code))) << meaning.code;
  }
}

TEST_F(OpenApiTest, ExamplesAreAnswered) {
  for (const DatasetId& id : {kVoucherId, kDiscountId}) {
    const json& schema =
        document.at("components").at("schemas").at(id.domain + "." + id.dataset + ".Request");
    if (!schema.contains("examples")) {
      EXPECT_EQ(id, kDiscountId);  // its rules know two channels, and an example has none of them
      continue;
    }
    const std::string path = "/v1/" + id.domain + "/" + id.dataset + "/decisions";
    EXPECT_EQ(post(path, schema.at("examples")[0].dump()).status, 200) << path;
  }
}

TEST_F(OpenApiTest, DescribesTheMembersOfARealAnswer) {
  const json answer = post("/v1/customer/voucher/decisions", kDocumentedRequest).json();
  const json& schema = document.at("components").at("schemas").at("customer.voucher.Decision");
  std::set<std::string> described;
  for (const auto& [name, property] : schema.at("properties").items()) described.insert(name);
  std::set<std::string> sent;
  for (const auto& [name, value] : answer.items()) sent.insert(name);
  EXPECT_EQ(described, sent);
}

TEST_F(OpenApiTest, ExistsBeforeAnythingIsServed) {
  const json empty = json::parse(openapi_document({}));
  EXPECT_TRUE(empty.at("paths").contains("/v1/{domain}/{dataset}/decisions"));
  EXPECT_EQ(empty.at("openapi"), "3.1.0");
}

}  // namespace
}  // namespace voucher
