#include "api/json_text.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>

namespace voucher {
namespace {

RC_GTEST_PROP(JsonText, StringsReadBackAsTheyWere, (const std::string& bytes)) {
  std::string ascii = bytes;
  for (char& c : ascii) c = static_cast<char>(c & 0x7F);
  RC_ASSERT(nlohmann::json::parse(json_string(ascii)).get<std::string>() == ascii);
}

TEST(JsonText, KeepsUtf8AsItIs) {
  EXPECT_EQ(json_string("Perú 😀"), "\"Perú 😀\"");
}

TEST(JsonText, WritesTheWholeRangeOfIntegers) {
  std::string out;
  append_json_number(out, std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(out, "-9223372036854775808");
}

RC_GTEST_PROP(JsonText, IsoIsThatOfTheCalendar, ()) {
  const Timestamp instant{*rc::gen::inRange(kEarliestTimestamp.micros, kTimestampLimit.micros)};
  const Timestamp second{instant.micros - instant.micros % kMicrosPerSecond};
  std::string out;
  append_iso(out, instant);
  RC_ASSERT(out == format_iso(instant));
  out.clear();
  append_iso(out, second);
  RC_ASSERT(out == format_iso(second));
}

}  // namespace
}  // namespace voucher
