#include "definition/yaml_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace voucher {
namespace {

using Kind = YamlNode::Kind;
using testing::ElementsAre;

YamlNode parse(std::string_view text) {
  Mistakes mistakes;
  auto root = parse_yaml(text, mistakes);
  EXPECT_TRUE(mistakes.empty()) << mistakes.to_error("f").details.front();
  EXPECT_TRUE(root.has_value());
  return root.value_or(YamlNode{});
}

std::vector<std::string> mistakes_of(std::string_view text) {
  Mistakes mistakes;
  std::ignore = parse_yaml(text, mistakes);
  if (mistakes.empty()) return {};
  return mistakes.to_error("f").details;
}

const YamlNode& value(const YamlNode& map, std::string_view key) {
  for (const YamlEntry& entry : map.entries) {
    if (entry.key.text == key) return entry.value;
  }
  ADD_FAILURE() << "no key " << key;
  return map;
}

TEST(YamlTreeTest, KeepsKindsTextAndOrder) {
  const YamlNode root = parse("b: [x, 'y']\na:\n  c: \"1\"\nd:\n");
  ASSERT_EQ(root.kind, Kind::kMap);
  ASSERT_EQ(root.entries.size(), 3U);
  EXPECT_EQ(root.entries[0].key.text, "b");
  const YamlNode& list = value(root, "b");
  ASSERT_EQ(list.items.size(), 2U);
  EXPECT_FALSE(list.items[0].quoted);
  EXPECT_TRUE(list.items[1].quoted);
  EXPECT_EQ(value(value(root, "a"), "c").text, "1");
  EXPECT_EQ(value(root, "d").kind, Kind::kNull);
}

TEST(YamlTreeTest, CountsLinesAndColumnsFromOne) {
  const YamlNode root = parse("# comment\na: 1\nlist:\n  - x\n  - {k: v}\n");
  EXPECT_EQ(root.entries[0].key.where, (Position{2, 1}));
  EXPECT_EQ(value(root, "a").where, (Position{2, 4}));
  const YamlNode& list = value(root, "list");
  EXPECT_EQ(list.items[0].where, (Position{4, 5}));
  EXPECT_EQ(list.items[1].where, (Position{5, 5}));
  EXPECT_EQ(value(list.items[1], "k").where, (Position{5, 9}));
}

TEST(YamlTreeTest, CountsCharactersNotBytes) {
  const YamlNode root = parse("a: {ä€😀: ü, b: 1}\n");
  EXPECT_EQ(value(value(root, "a"), "b").where, (Position{1, 16}));
}

TEST(YamlTreeTest, ReadsTheSameWithByteOrderMarkAndWindowsLineEnds) {
  const YamlNode root = parse(
      "\xEF\xBB\xBF"
      "a: 1\r\nb: {c: d}\r\n");
  EXPECT_EQ(value(root, "a").text, "1");
  EXPECT_EQ(value(value(root, "b"), "c").where, (Position{2, 8}));
}

TEST(YamlTreeTest, PlacesAValuelessKeyAtTheKey) {
  const YamlNode root = parse("a: 1\nb:\n\n\nc: 2\n");
  EXPECT_EQ(value(root, "b").where, (Position{2, 1}));
}

TEST(YamlTreeTest, FindsPlacesInsideScalars) {
  const YamlNode root = parse("a: xyz\nb: 'öyz'\nc: \"a\\tb\"\nd: one\n  two\n");
  EXPECT_EQ(place_in(value(root, "a"), 2), (Position{1, 6}));
  EXPECT_EQ(place_in(value(root, "b"), 2), (Position{2, 6}));  // ö has two bytes
  EXPECT_EQ(place_in(value(root, "c"), 2), (Position{3, 4}));  // written with an escape
  EXPECT_EQ(place_in(value(root, "d"), 5), (Position{4, 4}));  // folded
}

TEST(YamlTreeTest, IsNullWithoutContent) {
  EXPECT_EQ(parse("").kind, Kind::kNull);
  EXPECT_EQ(parse("# nothing\n").kind, Kind::kNull);
}

TEST(YamlTreeTest, ReportsDuplicateKeysOnEveryLevelAndGoesOn) {
  EXPECT_THAT(mistakes_of("a: {x: 1, x: 2}\nb: 1\na: 3\n"),
              ElementsAre("f:1:11: duplicate key 'x'; the first is in line 1",
                          "f:3:1: duplicate key 'a'; the first is in line 1"));
}

TEST(YamlTreeTest, RefusesWhatDefinitionsDoNotNeed) {
  EXPECT_THAT(mistakes_of("a: &x 1\n"), ElementsAre("f:1:4: anchors are not supported; remove it"));
  EXPECT_THAT(mistakes_of("a: !int 1\n"), ElementsAre("f:1:4: tags are not supported; remove it"));
  EXPECT_THAT(mistakes_of("a: 1\n---\nb: 1\n"),
              ElementsAre("f:2:1: a second document in one file; leave one"));
  EXPECT_THAT(mistakes_of("[a]: 1\n"), ElementsAre("f:1:1: a key must be a word, not a list"));
}

TEST(YamlTreeTest, RefusesBytesThatAreNoText) {
  EXPECT_THAT(mistakes_of("a: 1\nb: ä\xFF\n"),
              ElementsAre("f:2:5: not UTF-8; save the file in that encoding"));
  EXPECT_THAT(mistakes_of("a: \xC0\xAF\n"),
              ElementsAre("f:1:4: not UTF-8; save the file in that encoding"));
  EXPECT_THAT(mistakes_of("a: \xED\xA0\x80\n"),
              ElementsAre("f:1:4: not UTF-8; save the file in that encoding"));
  // The YAML library takes 0x04 for the end of the file and would ignore what follows.
  EXPECT_THAT(mistakes_of("a: 1\n\x04"
                          "b: 2\n"),
              ElementsAre("f:2:1: control character 0x04; remove it"));
}

TEST(YamlTreeTest, ReportsSyntaxOnce) {
  EXPECT_THAT(mistakes_of("a: 1\nb: [1, 2\nc: 3\n"), testing::SizeIs(1));
  EXPECT_THAT(mistakes_of("a:\n\tb: 1\n"),
              ElementsAre(testing::HasSubstr("indent with blanks, not tabs")));
}

TEST(YamlTreeTest, SurvivesDeepNesting) {
  EXPECT_THAT(mistakes_of(std::string(100'000, '[')), testing::SizeIs(1));
  std::string blocks;
  for (std::size_t depth = 0; depth < 3'000; ++depth) blocks += std::string(depth, ' ') + "a:\n";
  EXPECT_THAT(mistakes_of(blocks), testing::SizeIs(1));
}

}  // namespace
}  // namespace voucher
