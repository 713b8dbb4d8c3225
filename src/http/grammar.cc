#include "http/grammar.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

namespace voucher::http {
namespace {

enum ByteClass : std::uint8_t {
  kToken = 1,
  kPath = 2,     // pchar without '%', and '/'
  kQuery = 4,    // kPath and '?'
  kHost = 8,     // reg-name without '%'
  kAddress = 16  // inside the brackets of an IPv6 address
};

constexpr std::array<std::uint8_t, 256> make_byte_classes() {
  std::array<std::uint8_t, 256> classes{};
  const auto add = [&](std::string_view bytes, unsigned mask) {
    for (const char byte : bytes) {
      auto& slot = classes[static_cast<unsigned char>(byte)];
      slot = static_cast<std::uint8_t>(slot | mask);
    }
  };
  add("0123456789abcdefABCDEF", kToken | kPath | kQuery | kHost | kAddress);
  add("ghijklmnopqrstuvwxyzGHIJKLMNOPQRSTUVWXYZ", kToken | kPath | kQuery | kHost);
  add("!#$%&'*+-.^_`|~", kToken);
  add("-._~!$&'()*+,;=", kPath | kQuery | kHost);
  add(":@/", kPath | kQuery);
  add("?", kQuery);
  add(":.", kAddress);
  return classes;
}

constexpr std::array<std::uint8_t, 256> kByteClasses = make_byte_classes();

bool has_class(char byte, ByteClass mask) {
  return (kByteClasses[static_cast<unsigned char>(byte)] & mask) != 0;
}

bool is_hex(char byte) {
  return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f') ||
         (byte >= 'A' && byte <= 'F');
}

bool consists_of(std::string_view text, ByteClass mask) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (has_class(text[at], mask)) continue;
    if (text[at] != '%' || text.size() - at < 3) return false;
    if (!is_hex(text[at + 1]) || !is_hex(text[at + 2])) return false;
    at += 2;
  }
  return true;
}

bool is_port(std::string_view text) {
  std::uint32_t port = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, port);
  return error == std::errc() && stop == end && text.size() <= 5 && port <= 65535;
}

char lower(char byte) {
  return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte + ('a' - 'A')) : byte;
}

bool is_blank(char byte) {
  return byte == ' ' || byte == '\t';
}

}  // namespace

bool is_token_byte(char byte) {
  return has_class(byte, kToken);
}

bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_token_byte);
}

bool is_origin_form(std::string_view target) {
  if (!target.starts_with('/')) return false;
  const std::size_t mark = target.find('?');
  if (mark == std::string_view::npos) return consists_of(target, kPath);
  return consists_of(target.substr(0, mark), kPath) && consists_of(target.substr(mark + 1), kQuery);
}

bool is_authority(std::string_view text) {
  std::size_t host_end = text.rfind(':');
  if (text.starts_with('[')) {
    const std::size_t bracket = text.find(']');
    if (bracket == std::string_view::npos || bracket < 3) return false;
    const auto address = text.substr(1, bracket - 1);
    if (address.find(':') == std::string_view::npos) return false;
    if (!std::ranges::all_of(address, [](char byte) { return has_class(byte, kAddress); })) {
      return false;
    }
    if (bracket + 1 == text.size()) return true;
    return text[bracket + 1] == ':' && is_port(text.substr(bracket + 2));
  }
  if (host_end == std::string_view::npos) host_end = text.size();
  if (host_end == 0 || !consists_of(text.substr(0, host_end), kHost)) return false;
  return host_end == text.size() || is_port(text.substr(host_end + 1));
}

bool equals_ignoring_case(std::string_view left, std::string_view right) {
  if (left.size() != right.size()) return false;
  for (std::size_t at = 0; at < left.size(); ++at) {
    if (lower(left[at]) != lower(right[at])) return false;
  }
  return true;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::string_view take_list_element(std::string_view& list) {
  const std::size_t comma = list.find(',');
  const auto element = trim(list.substr(0, comma));
  list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 1);
  return element;
}

}  // namespace voucher::http
