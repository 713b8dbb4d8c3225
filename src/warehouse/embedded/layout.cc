#include "warehouse/embedded/layout.h"

#include <algorithm>
#include <charconv>

namespace voucher::embedded {

namespace fs = std::filesystem;

std::optional<VersionNumber> parse_version_number(std::string_view text) {
  if (text.empty() || text.front() < '1' || text.front() > '9') return std::nullopt;
  VersionNumber number = 0;
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  if (parsed.ec != std::errc{} || parsed.ptr != end) return std::nullopt;
  return number;
}

Result<std::vector<std::string>> list_folder(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code code;
  fs::directory_iterator entries(folder, code);
  while (!code && entries != fs::directory_iterator()) {
    names.push_back(entries->path().filename().string());
    entries.increment(code);
  }
  if (code && code != std::errc::no_such_file_or_directory) {
    return fail(ErrorKind::kUnavailable, "cannot read folder {}: {}", folder.string(),
                code.message());
  }
  std::ranges::sort(names);
  return names;
}

Result<> remove_tree(const fs::path& path) {
  std::error_code code;
  fs::remove_all(path, code);
  if (!code) return {};
  return fail(ErrorKind::kUnavailable, "cannot remove {}: {}", path.string(), code.message());
}

}  // namespace voucher::embedded
