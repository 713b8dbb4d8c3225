#include "lineage/event.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace voucher {
namespace {

using nlohmann::json;
using testing::StartsWith;

LineageEvent event() {
  LineageEvent event;
  event.time = Timestamp{midnight(to_day({2018, 7, 10})).micros + 1'500'000};
  event.run_id = "01890a5d-ac96-774b-bcce-b302099a8057";
  event.job = {"voucher", "customer.voucher.run", "RUN", ""};
  return event;
}

/// Every object that is a facet, with its name.
void find_facets(const json& value, std::vector<json>& found) {
  if (value.is_object() && value.contains("_schemaURL")) found.push_back(value);
  for (const auto& [key, member] : value.items()) {
    if (member.is_structured()) find_facets(member, found);
  }
}

TEST(LineageEventTest, SaysThatARunStarts) {
  const json document = json::parse(render(event()));
  EXPECT_EQ(document["eventType"], "START");
  EXPECT_EQ(document["eventTime"], "2018-07-10T00:00:01.500000Z");
  EXPECT_EQ(document["run"], json({{"runId", event().run_id}, {"facets", json::object()}}));
  EXPECT_EQ(document["job"]["namespace"], "voucher");
  EXPECT_EQ(document["job"]["name"], "customer.voucher.run");
  EXPECT_EQ(document["job"]["facets"]["jobType"]["jobType"], "RUN");
  EXPECT_EQ(document["inputs"], json::array());
  EXPECT_EQ(document["outputs"], json::array());
  EXPECT_THAT(document["producer"].get<std::string>(), StartsWith("urn:voucher:"));
}

TEST(LineageEventTest, IsOneLineWhateverTheTextsHold) {
  LineageEvent broken = event();
  broken.state = LineageState::kFail;
  broken.error = "one\ntwo \"three\" \xFF";
  const std::string text = render(broken);
  EXPECT_EQ(text.find('\n'), std::string::npos);
  const json error = json::parse(text)["run"]["facets"]["errorMessage"];
  EXPECT_THAT(error["message"].get<std::string>(), StartsWith("one\ntwo \"three\" "));
  EXPECT_EQ(error["programmingLanguage"], "C++");
}

TEST(LineageEventTest, NamesTheEngineWhereItsVersionIsKnown) {
  LineageEvent with = event();
  with.engine = "an engine";
  EXPECT_FALSE(json::parse(render(with))["run"]["facets"].contains("processing_engine"));
  with.engine_version = "1.5";
  const json engine = json::parse(render(with))["run"]["facets"]["processing_engine"];
  EXPECT_EQ(engine["name"], "an engine");
  EXPECT_EQ(engine["version"], "1.5");
}

LineageEvent complete() {
  LineageEvent done = event();
  done.state = LineageState::kComplete;
  done.inputs = {{{"file", "/raw/a.csv"}, {{"a", "integer"}}, 1, 100},
                 {{"file", "/raw/b.csv"}, {{"a", "integer"}}, 1, 200}};
  LineageOutput output;
  output.name = {"place://here", "schema.table"};
  output.source = "place://here";
  output.columns.schema = {{"a", "integer"}, {"label", "string"}};
  output.columns.sources = {{"a", {{"a", LineageUse::kIdentity}}},
                            {"label", {{"a", LineageUse::kTransformation}}}};
  output.columns.rows = {{"a", LineageUse::kFilter}};
  output.rows = 7;
  output.version = 3;
  done.outputs = {output};
  return done;
}

TEST(LineageEventTest, LeadsEachColumnBackToEveryInput) {
  const json document = json::parse(render(complete()));
  const json output = document["outputs"][0];
  EXPECT_EQ(output["namespace"], "place://here");
  EXPECT_EQ(output["name"], "schema.table");
  const json lineage = output["facets"]["columnLineage"];
  json fields = lineage["fields"]["label"]["inputFields"];
  ASSERT_EQ(fields.size(), 2U);
  EXPECT_EQ(fields[1],
            json({{"namespace", "file"},
                  {"name", "/raw/b.csv"},
                  {"field", "a"},
                  {"transformations", {{{"type", "DIRECT"}, {"subtype", "TRANSFORMATION"}}}}}));
  EXPECT_EQ(lineage["dataset"].size(), 2U);
  EXPECT_EQ(lineage["dataset"][0]["transformations"][0]["type"], "INDIRECT");
}

TEST(LineageEventTest, CountsRowsFilesAndBytes) {
  const json document = json::parse(render(complete()));
  EXPECT_EQ(document["outputs"][0]["outputFacets"]["outputStatistics"]["rowCount"], 7);
  EXPECT_EQ(document["outputs"][0]["facets"]["version"]["datasetVersion"], "3");
  EXPECT_EQ(document["inputs"][1]["inputFacets"]["inputStatistics"]["size"], 200);
  EXPECT_EQ(document["inputs"][1]["inputFacets"]["inputStatistics"]["fileCount"], 1);
  EXPECT_EQ(document["inputs"][0]["facets"]["schema"]["fields"],
            json({{{"name", "a"}, {"type", "integer"}}}));
}

TEST(LineageEventTest, GivesEveryFacetItsProducerAndSchema) {
  std::vector<json> facets;
  LineageEvent all = complete();
  all.engine = "an engine";
  all.engine_version = "1";
  all.error = "an error";
  all.job.description = "a job";
  find_facets(json::parse(render(all)), facets);
  EXPECT_GE(facets.size(), 12U);
  for (const json& facet : facets) {
    EXPECT_THAT(facet["_producer"].get<std::string>(), StartsWith("urn:voucher:"));
    EXPECT_THAT(facet["_schemaURL"].get<std::string>(),
                StartsWith("https://openlineage.io/spec/facets/"));
  }
}

TEST(LineageUuidTest, IsOfVersionSevenAndSortsByTime) {
  const Timestamp time{1'531'180'800'000'000};
  const std::string all_ones = make_uuid(time, {~0ULL, ~0ULL});
  EXPECT_EQ(all_ones, "0164817c-d800-7fff-bfff-ffffffffffff");
  EXPECT_EQ(make_uuid(time, {0, 0}), "0164817c-d800-7000-8000-000000000000");
  EXPECT_LT(all_ones, make_uuid({time.micros + 1000}, {0, 0}));
  EXPECT_TRUE(is_uuid(all_ones));
}

TEST(LineageUuidTest, KnowsAUuid) {
  EXPECT_TRUE(is_uuid("01890A5D-ac96-774b-bcce-b302099a8057"));
  for (const char* text :
       {"", "01890a5d-ac96-774b-bcce-b302099a805", "2018-07-10T000000-12",
        "01890a5d-ac96-774b-bcce-b302099a8057x", "01890a5dxac96-774b-bcce-b302099a8057",
        "g1890a5d-ac96-774b-bcce-b302099a8057"}) {
    EXPECT_FALSE(is_uuid(text)) << text;
  }
}

}  // namespace
}  // namespace voucher
