#include "api/keys.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/files.h"
#include "base/hash.h"
#include "decision/counts.h"

namespace voucher {
namespace {

constexpr std::size_t kHashDigits = 64;

bool is_hash(std::string_view text) {
  return text.size() == kHashDigits &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

/// REQUIRES: equal sizes.
bool equal_in_constant_time(std::string_view left, std::string_view right) {
  unsigned difference = 0;
  for (std::size_t i = 0; i < left.size(); ++i) {
    difference |= static_cast<unsigned char>(left[i]) ^ static_cast<unsigned char>(right[i]);
  }
  return difference == 0;
}

std::string_view key_of(const http::Request& request) {
  constexpr std::string_view kScheme = "bearer ";
  if (const auto key = request.header("X-API-Key")) return *key;
  const auto credentials = request.header("Authorization");
  if (!credentials || credentials->size() < kScheme.size()) return {};
  if (fold_ascii(credentials->substr(0, kScheme.size())) != kScheme) return {};
  return credentials->substr(kScheme.size());
}

}  // namespace

Result<ApiKeys> ApiKeys::load(const std::filesystem::path& path) {
  return parse(TRY(read_file(path)), path.string());
}

Result<ApiKeys> ApiKeys::parse(std::string_view text, std::string_view name) {
  ApiKeys keys;
  Error error{ErrorKind::kRefused, fmt::format("API keys cannot be used: {}", name), {}};
  for (std::size_t number = 1; !text.empty(); ++number) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line.starts_with('#')) continue;
    std::string hash = fold_ascii(line.substr(0, line.find_first_of(" \t")));
    if (is_hash(hash)) {
      keys.hashes_.push_back(std::move(hash));
    } else {
      error.details.push_back(
          fmt::format("{}:{}: not a SHA-256 of 64 hexadecimal digits", name, number));
    }
  }
  if (error.details.empty() && keys.hashes_.empty()) {
    error.details.push_back(fmt::format("{}: no key in it", name));
  }
  if (!error.details.empty()) return std::unexpected(std::move(error));
  return keys;
}

bool ApiKeys::admits(const http::Request& request) const {
  const std::string_view key = key_of(request);
  if (key.empty()) return false;
  const std::string hash = sha256_hex(key);
  bool known = false;
  for (const std::string& one : hashes_) known |= equal_in_constant_time(one, hash);
  return known;
}

}  // namespace voucher
