#include "sample/scalars.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "decision/parse.h"

namespace voucher {
namespace {

constexpr std::size_t kShareDecimals = 9;
constexpr std::int64_t kWhole = 1'000'000'000;

bool is_digits(std::string_view text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](char letter) { return letter >= '0' && letter <= '9'; });
}

/// "0.08" as 80,000,000; nullopt where it is no decimal fraction.
std::optional<std::int64_t> parts_per_billion(std::string_view text) {
  const std::size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  std::string decimals(point == std::string_view::npos ? "0" : text.substr(point + 1));
  if ((whole != "0" && whole != "1") || !is_digits(decimals)) return std::nullopt;
  if (decimals.size() > kShareDecimals) return std::nullopt;
  decimals.resize(kShareDecimals, '0');
  return parse_integer(std::string(whole) + decimals);
}

}  // namespace

std::optional<std::int64_t> read_integer_within(const NamedNode& named, std::int64_t least,
                                                std::int64_t greatest, Mistakes& mistakes) {
  const auto number = read_integer(named, mistakes);
  if (!number || (*number >= least && *number <= greatest)) return number;
  mistakes.add(named.node->where, "'{}' must be from {} to {}, not {}", named.name, least, greatest,
               *number);
  return std::nullopt;
}

std::optional<std::int64_t> read_share(const NamedNode& named, Mistakes& mistakes) {
  const auto text = read_text(named, mistakes);
  if (!text) return std::nullopt;
  const auto parts = parts_per_billion(*text);
  if (parts && *parts <= kWhole) return parts;
  mistakes.add(named.node->where, "'{}' must be from 0 to 1 with at most {} decimals, not '{}'",
               named.name, kShareDecimals, *text);
  return std::nullopt;
}

std::optional<Timestamp> read_instant(const NamedNode& named, Mistakes& mistakes) {
  const auto text = read_text(named, mistakes);
  if (!text) return std::nullopt;
  const auto instant = parse_timestamp(*text);
  if (!instant) {
    mistakes.add(named.node->where, "'{}' must be a day or an instant such as 2018-07-10, not '{}'",
                 named.name, *text);
  }
  return instant;
}

}  // namespace voucher
