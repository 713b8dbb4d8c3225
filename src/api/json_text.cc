#include "api/json_text.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace voucher {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

bool is_plain(char c) {
  return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\';
}

void append_escaped(std::string& out, char c) {
  switch (c) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default: break;
  }
  const auto byte = static_cast<unsigned char>(c);
  out += "\\u00";
  out += kHexDigits[byte >> 4];
  out += kHexDigits[byte & 15];
}

char* put_digits(char* at, std::int64_t number, int count) {
  for (int i = count - 1; i >= 0; --i) {
    at[i] = static_cast<char>('0' + number % 10);
    number /= 10;
  }
  return at + count;
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    const auto stop = std::ranges::find_if_not(text, is_plain);
    const auto plain = static_cast<std::size_t>(stop - text.begin());
    out.append(text.substr(0, plain));
    text.remove_prefix(plain);
    if (text.empty()) break;
    append_escaped(out, text.front());
    text.remove_prefix(1);
  }
  out += '"';
}

std::string json_string(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

void append_json_number(std::string& out, std::int64_t number) {
  std::array<char, 20> digits{};
  const auto [end, failure] = std::to_chars(digits.begin(), digits.end(), number);
  out.append(digits.begin(), end);
}

void append_iso(std::string& out, Timestamp instant) {
  std::array<char, 27> text{};
  const Day day = day_of(instant);
  const CivilDate date = to_civil(day);
  const std::int64_t micros = instant.micros - midnight(day).micros;
  const std::int64_t seconds = micros / kMicrosPerSecond;
  char* at = put_digits(text.data(), date.year, 4);
  *at++ = '-';
  at = put_digits(at, date.month, 2);
  *at++ = '-';
  at = put_digits(at, date.day, 2);
  *at++ = 'T';
  at = put_digits(at, seconds / 3600, 2);
  *at++ = ':';
  at = put_digits(at, seconds / 60 % 60, 2);
  *at++ = ':';
  at = put_digits(at, seconds % 60, 2);
  if (micros % kMicrosPerSecond != 0) {
    *at++ = '.';
    at = put_digits(at, micros % kMicrosPerSecond, 6);
  }
  *at++ = 'Z';
  out.append(text.data(), at);
}

}  // namespace voucher
