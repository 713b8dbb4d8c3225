#include "api/json_body.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace voucher {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::IsEmpty;

/// Writes down what it is told.
class Recorder final : public ObjectVisitor {
 public:
  std::vector<std::string> log;

  void begin() override { log.emplace_back("{"); }
  void member(std::string_view name, const JsonValue& value) override {
    log.push_back(std::string(name) + "=" + std::string(value.raw));
    if (value.kind == JsonKind::kString) texts.emplace_back(value.text);
  }
  void end() override { log.emplace_back("}"); }
  void no_object(const JsonValue& value) override { log.push_back("!" + std::string(value.raw)); }
  std::vector<std::string> texts;
};

class ListRecorder final : public ListVisitor {
 public:
  Recorder items;
  std::vector<std::string> others;

  void begin_list() override { items.log.emplace_back("["); }
  ObjectVisitor& element() override { return items; }
  void no_list(const JsonValue& value) override {
    others.push_back("no list " + std::string(value.raw));
  }
  void no_object(const JsonValue& value) override {
    others.push_back("no object " + std::string(value.raw));
  }
};

BodyFault fault_of(std::string_view body) {
  JsonBodyReader reader;
  Recorder recorder;
  return reader.read_object(body, 0, recorder).fault;
}

TEST(JsonBody, TellsEveryMemberWithItsTextAsSent) {
  JsonBodyReader reader;
  Recorder recorder;
  const auto status = reader.read_object(
      R"( {"a" : 1.50 , "b":"x\u0041\n","c":null,"d":[1, {"e":"]}\""}],"f":{} ,"g":true,"":"" } )",
      0, recorder);
  EXPECT_EQ(status.fault, BodyFault::kNone);
  EXPECT_THAT(recorder.log, ElementsAre("{", "a=1.50", R"(b="x\u0041\n")", "c=null",
                                        R"(d=[1, {"e":"]}\""}])", "f={}", "g=true", "=\"\"", "}"));
  EXPECT_THAT(recorder.texts, ElementsAre("xA\n", ""));
}

TEST(JsonBody, ResolvesEscapesInNamesAndTellsRepeatedOnes) {
  JsonBodyReader reader;
  Recorder recorder;
  (void)reader.read_object(R"({"a":1,"\u0061":2})", 0, recorder);
  EXPECT_THAT(recorder.log, ElementsAre("{", "a=1", "a=2", "}"));
}

TEST(JsonBody, NumbersMayBeOfAnySize) {
  EXPECT_EQ(fault_of(R"({"a":99999999999999999999999,"b":1e999,"c":-0.0E-400})"), BodyFault::kNone);
}

TEST(JsonBody, OtherRootsAreNoObjects) {
  for (const std::string body : {"1", "\"x\"", "null", "[1,[2]]", "true", " -1.5e3 "}) {
    JsonBodyReader reader;
    Recorder recorder;
    EXPECT_EQ(reader.read_object(body, 0, recorder).fault, BodyFault::kNone) << body;
    ASSERT_EQ(recorder.log.size(), 1U) << body;
    EXPECT_EQ(json::parse(recorder.log[0].substr(1)), json::parse(body));
  }
}

TEST(JsonBody, RefusesWhatIsNoJson) {
  for (const std::string body : {"",
                                 " ",
                                 "{",
                                 "}",
                                 "{]",
                                 "{\"a\"}",
                                 "{\"a\":}",
                                 "{\"a\":1,}",
                                 "{,}",
                                 "{\"a\":1 \"b\":2}",
                                 "{\"a\":\"b\":1}",
                                 "{\"a\":,\"b\":1}",
                                 "{\"a\"::1}",
                                 "{a:1}",
                                 "{'a':1}",
                                 "{\"a\":01}",
                                 "{\"a\":1.}",
                                 "{\"a\":.5}",
                                 "{\"a\":+1}",
                                 "{\"a\":-}",
                                 "{\"a\":1e}",
                                 "{\"a\":0x1}",
                                 "{\"a\":NaN}",
                                 "{\"a\":truex}",
                                 "{\"a\":nul}",
                                 "{\"a\":True}",
                                 "{\"a\":1}x",
                                 "{\"a\":1}}",
                                 "{\"a\":1}{}",
                                 "{\"a\":[1,]}",
                                 "{\"a\":[,1]}",
                                 "{\"a\":[1}",
                                 "{\"a\":{\"b\":1]}",
                                 "{\"a\":\"\\x\"}",
                                 "{\"a\":\"\\ud800\"}",
                                 "{\"a\":\"\\udc00\"}",
                                 "{\"a\":\"\\u12g4\"}",
                                 "{\"a\":\"x}",
                                 "{\"a\":\"\t\"}",
                                 "{\"a\":\"\xff\"}",
                                 "{\"a\":\"\xed\xa0\x80\"}",
                                 "{\"a\":1/**/}",
                                 "1 2",
                                 "nulll",
                                 "01",
                                 "\"a\"\"b\"",
                                 "[1][2]",
                                 "\"\\x\"",
                                 "[1",
                                 "{\"\\x\":1}",
                                 "{\"a\":1\"b\":2}",
                                 "{\"a\":\"b\"1}",
                                 "\xef\xbb\xbf{}"}) {
    EXPECT_EQ(fault_of(body), BodyFault::kInvalid) << body;
  }
}

TEST(JsonBody, RefusesTheFifthLevel) {
  EXPECT_EQ(fault_of(R"({"a":{"b":{"c":{}}}})"), BodyFault::kNone);
  EXPECT_EQ(fault_of(R"({"a":{"b":{"c":{"d":{}}}}})"), BodyFault::kTooDeep);
  EXPECT_EQ(fault_of(R"({"a":[[[]]]})"), BodyFault::kNone);
  EXPECT_EQ(fault_of(R"({"a":[[[[]]]]})"), BodyFault::kTooDeep);
  EXPECT_EQ(fault_of(R"([[[[[]]]]])"), BodyFault::kTooDeep);
  EXPECT_EQ(fault_of(std::string(100'000, '[')), BodyFault::kInvalid);
}

TEST(JsonBody, ReadsAListOfObjects) {
  JsonBodyReader reader;
  ListRecorder list;
  const auto status = reader.read_list(
      R"({"x":[{"a":0}],"items":[{"a":1},7,{},[2],null,{"b":{"c":1}}],"y":{}})", 0, "items", list);
  EXPECT_EQ(status.fault, BodyFault::kNone);
  EXPECT_THAT(list.items.log, ElementsAre("[", "{", "a=1", "}", "!7", "{", "}", "![2]", "!null",
                                          "{", R"(b={"c":1})", "}"));
  EXPECT_THAT(list.others, IsEmpty());
}

TEST(JsonBody, TellsWhereTheListIsNone) {
  JsonBodyReader reader;
  ListRecorder list;
  EXPECT_EQ(reader.read_list(R"({"items":{"a":1}})", 0, "items", list).fault, BodyFault::kNone);
  EXPECT_EQ(reader.read_list(R"([{"items":[]}])", 0, "items", list).fault, BodyFault::kNone);
  EXPECT_THAT(list.others, ElementsAre(R"(no list {"a":1})", R"(no object [{"items":[]}])"));
}

TEST(JsonBody, ReadsInPlaceWherePaddingIsThere) {
  std::string buffer = R"({"a":"b"})";
  const std::size_t size = buffer.size();
  buffer.append(64, '}');
  JsonBodyReader reader;
  Recorder recorder;
  EXPECT_EQ(reader.read_object(std::string_view(buffer).substr(0, size), 64, recorder).fault,
            BodyFault::kNone);
  EXPECT_THAT(recorder.log, ElementsAre("{", "a=\"b\"", "}"));
}

/// Of a valid text; a parsed one would have lost repeated names.
int depth_of(const std::string& body) {
  int depth = 0;
  int deepest = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < body.size(); ++i) {
    if (in_string && body[i] == '\\')
      ++i;
    else if (body[i] == '"')
      in_string = !in_string;
    else if (!in_string && (body[i] == '{' || body[i] == '['))
      deepest = std::max(deepest, ++depth);
    else if (!in_string && (body[i] == '}' || body[i] == ']'))
      --depth;
  }
  return deepest;
}

json any_scalar() {
  switch (*rc::gen::inRange(0, 5)) {
    case 0: return nullptr;
    case 1: return *rc::gen::arbitrary<bool>();
    case 2: return *rc::gen::arbitrary<std::int64_t>();
    case 3: return *rc::gen::inRange(-1000, 1000) / 8.0;
    default:
      return *rc::gen::elementOf(std::vector<std::string>{"", "a", "\"\\/\b", "é€😀", "}{][,:"});
  }
}

/// Up to three values a level.
json any_json(int levels) {
  const int form = levels == 0 ? 0 : *rc::gen::inRange(0, 3);
  if (form == 0) return any_scalar();
  json value = form == 1 ? json::array() : json::object();
  for (int count = *rc::gen::inRange(0, 4); count > 0; --count) {
    if (form == 1)
      value.push_back(any_json(levels - 1));
    else
      value["k" + std::to_string(count)] = any_json(levels - 1);
  }
  return value;
}

/// Discards the case where a number is beyond what the oracle can hold.
bool is_json(const std::string& body) {
  try {
    return !json::parse(body).is_discarded();
  } catch (const json::out_of_range&) {
    RC_DISCARD("number out of range");
  } catch (const json::parse_error&) {
    return false;
  }
}

// nlohmann::json is the oracle: the reader takes a text exactly if it does and the text is not too
// deep, also after a random change of bytes.
RC_GTEST_PROP(JsonBody, AcceptsExactlyWhatAnotherParserDoes, ()) {
  std::string body = any_json(5).dump(*rc::gen::element(-1, 1));
  const int changes = *rc::gen::inRange(0, 3);
  for (int i = 0; i < changes && !body.empty(); ++i) {
    const auto at = *rc::gen::inRange<std::size_t>(0, body.size());
    const char replacement =
        *rc::gen::elementOf(std::string("{}[]:,\"\\0159-+.eEtrufalsn \x80\xc3\x1f"));
    if (*rc::gen::arbitrary<bool>())
      body[at] = replacement;
    else if (*rc::gen::arbitrary<bool>())
      body.erase(at, 1);
    else
      body.insert(at, 1, replacement);
  }
  const bool valid = is_json(body);
  RC_LOG() << "body: " << body << "\n";
  const BodyFault fault = fault_of(body);
  if (!valid) {
    // A break after the fifth level is not seen.
    RC_ASSERT(fault != BodyFault::kNone);
  } else {
    const bool too_deep = depth_of(body) > kMaxJsonDepth;
    RC_ASSERT(fault == (too_deep ? BodyFault::kTooDeep : BodyFault::kNone));
  }
}

}  // namespace
}  // namespace voucher
