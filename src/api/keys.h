// Optional API keys. The file holds hashes only, so that it may be read, copied and logged.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "http/message.h"

namespace voucher {

class ApiKeys {
 public:
  /// Reads one SHA-256 of a key a line (64 hex digits); what follows a blank names its owner; empty
  /// lines and lines that begin with `#` are skipped. kUnavailable where the file cannot be read,
  /// kRefused naming every line that is no hash, and where there is no key at all.
  [[nodiscard]] static Result<ApiKeys> load(const std::filesystem::path& path);
  /// The same from text; `name` is shown as the file.
  [[nodiscard]] static Result<ApiKeys> parse(std::string_view text, std::string_view name);

  /// Whether the request carries a known key: `Authorization: Bearer KEY` or `X-API-Key: KEY`. Time
  /// does not depend on how much of a hash is right.
  [[nodiscard]] bool admits(const http::Request& request) const;

 private:
  std::vector<std::string> hashes_;  ///< lower case
};

}  // namespace voucher
