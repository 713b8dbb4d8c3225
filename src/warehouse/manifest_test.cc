#include "warehouse/manifest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace voucher {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

VersionManifest full_manifest() {
  Part part;
  part.name = std::string(64, 'a');
  part.rejected = std::string(64, 'b');
  part.rows = {10, 6, 3, 1, {{"orders_missing", 3}}};
  part.files = {{"/raw/a \"quoted\".csv", std::string(64, 'c'), 123, -5, 10}};
  part.unknown_columns = {"extra"};
  part.time_ranges = {{"timestamp", Timestamp{-1}, Timestamp{1'500'000'000'000'001}}};
  part.definition = std::string(64, 'd');
  part.verified_definition = std::string(64, 'd');
  VersionManifest manifest;
  manifest.domain = "customer";
  manifest.dataset = "voucher";
  manifest.version = 7;
  manifest.based_on = 6;
  manifest.snapshot = std::string(64, 'e');
  manifest.definition = std::string(64, 'd');
  manifest.names = {"customer", "t", {{"v", "v_view"}}, 30};
  manifest.engine = "duckdb";
  manifest.tool_version = "0.1.0";
  manifest.run_id = "manual__2018";
  manifest.loaded_at = Timestamp{1'531'180'800'000'000};
  manifest.loaded_by = "me@here";
  manifest.rows = part.rows;
  manifest.new_rows = part.rows;
  manifest.parts = {part, part};
  manifest.stages = {{"transform", 1.0, 10}, {"load", 0.25, 6}};
  manifest.warnings = {"w"};
  return manifest;
}

TEST(Manifest, ReadsWhatItWrites) {
  const json written = to_json(full_manifest());
  const auto read = parse_manifest(written.dump());
  ASSERT_TRUE(read.has_value()) << read.error().message;
  EXPECT_EQ(to_json(*read), written);
  EXPECT_EQ(read->based_on, 6);
  EXPECT_EQ(read->parts[0].time_ranges[0].least.micros, -1);
  EXPECT_EQ(read->parts[0].files[0].modified_ns, -5);
  EXPECT_EQ(read->names, full_manifest().names);
}

TEST(Manifest, ReadsTheFirstVersionsMissingBase) {
  VersionManifest manifest = full_manifest();
  manifest.based_on.reset();
  EXPECT_EQ(parse_manifest(to_json(manifest).dump())->based_on, std::nullopt);
}

TEST(Manifest, RefusesAnotherFormat) {
  json document = to_json(full_manifest());
  document["format"] = kManifestFormat + 1;
  const auto read = parse_manifest(document.dump());
  EXPECT_EQ(read.error().kind, ErrorKind::kRefused);
  EXPECT_THAT(read.error().message, HasSubstr("format 2"));
}

/// Calls `visit` with the path of every value below.
void for_each_place(const json& value, const json::json_pointer& place,
                    const std::function<void(const json::json_pointer&)>& visit) {
  if (!place.empty()) visit(place);
  if (value.is_object())
    for (const auto& [key, child] : value.items()) for_each_place(child, place / key, visit);
  if (value.is_array())
    for (std::size_t i = 0; i < value.size(); ++i) for_each_place(value[i], place / i, visit);
}

bool is_free_map(const json::json_pointer& parent) {
  return parent.back() == "rejected_by" || parent.back() == "views";
}

TEST(Manifest, RefusesEveryMissingOrUnknownMember) {
  const json document = to_json(full_manifest());
  for_each_place(document, json::json_pointer(), [&](const json::json_pointer& place) {
    const json::json_pointer parent = place.parent_pointer();
    if (!document[parent].is_object() || (!parent.empty() && is_free_map(parent))) return;
    json without = document;
    without[parent].erase(place.back());
    EXPECT_FALSE(parse_manifest(without.dump()).has_value()) << place.to_string();
    json with = document;
    with[parent]["surprise"] = 1;
    EXPECT_FALSE(parse_manifest(with.dump()).has_value()) << place.to_string();
  });
}

TEST(Manifest, RefusesValuesOfAnotherType) {
  const json document = to_json(full_manifest());
  for_each_place(document, json::json_pointer(), [&](const json::json_pointer& place) {
    json wrong = document;
    wrong[place] = true;
    EXPECT_FALSE(parse_manifest(wrong.dump()).has_value()) << place.to_string();
  });
}

TEST(Manifest, RefusesATextCutAnywhere) {
  const std::string text = to_json(full_manifest()).dump();
  for (std::size_t size = 0; size < text.size(); size += 7)
    EXPECT_FALSE(parse_manifest(text.substr(0, size)).has_value()) << size;
}

TEST(Manifest, RefusesRowCountsThatDoNotAddUp) {
  json document = to_json(full_manifest());
  document["rows"]["raw"] = 11;
  EXPECT_THAT(parse_manifest(document.dump()).error().message, HasSubstr("add up"));
}

TEST(Manifest, NamesStates) {
  EXPECT_EQ(to_string(VersionState::kLoaded), "loaded");
  EXPECT_EQ(to_string(VersionState::kVerified), "verified");
  EXPECT_EQ(to_string(VersionState::kPublished), "published");
}

Part part_at(const std::string& name, std::vector<TimeRange> ranges) {
  Part result;
  result.name = name;
  result.time_ranges = std::move(ranges);
  return result;
}

TimeRange range(const std::string& column, std::int64_t least, std::int64_t greatest) {
  return {column, Timestamp{least}, Timestamp{greatest}};
}

std::vector<std::string> overlapping(const std::vector<Part>& parts,
                                     const std::vector<TimeRange>& ranges) {
  std::vector<std::string> names;
  for (const Part& one : parts)
    if (may_share_rows(one.time_ranges, ranges)) names.push_back(one.name);
  return names;
}

TEST(OverlappingParts, ShareAnInstantOfEveryColumn) {
  const std::vector<Part> parts{part_at("before", {range("at", 0, 9)}),
                                part_at("touches the first", {range("at", 0, 10)}),
                                part_at("inside", {range("at", 12, 13)}),
                                part_at("around", {range("at", 0, 99)}),
                                part_at("touches the last", {range("at", 20, 30)}),
                                part_at("after", {range("at", 21, 30)})};
  EXPECT_THAT(overlapping(parts, {range("at", 10, 20)}),
              ElementsAre("touches the first", "inside", "around", "touches the last"));
}

TEST(OverlappingParts, AreApartWhereOneColumnIs) {
  const std::vector<Part> parts{part_at("a", {range("at", 0, 9), range("last", 0, 4)}),
                                part_at("b", {range("at", 0, 9), range("last", 5, 9)})};
  EXPECT_THAT(overlapping(parts, {range("at", 0, 9), range("last", 5, 5)}), ElementsAre("b"));
}

TEST(OverlappingParts, AreAllWhereTimesAreNotKnown) {
  const std::vector<Part> parts{part_at("a", {}), part_at("b", {range("other", 0, 9)})};
  EXPECT_THAT(overlapping(parts, {range("at", 5, 5)}), ElementsAre("a", "b"));
  EXPECT_THAT(overlapping(parts, {}), ElementsAre("a", "b"));
}

}  // namespace
}  // namespace voucher
