#include "warehouse/embedded/publications.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>
#include <tuple>

#include "base/files.h"
#include "decision/parse.h"

namespace voucher::embedded {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

std::string to_line(const Publication& publication) {
  const json object = {
      {"version", publication.version},
      {"replaced", publication.replaced ? json(*publication.replaced) : json(nullptr)},
      {"at", format_iso(publication.at)},
      {"by", publication.by},
      {"why", publication.why}};
  return object.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

std::optional<Publication> parse_line(std::string_view line) {
  try {
    const json object = json::parse(line);
    Publication publication;
    publication.version = object.at("version").get_ref<const std::int64_t&>();
    if (const json& replaced = object.at("replaced"); !replaced.is_null())
      publication.replaced = replaced.get_ref<const std::int64_t&>();
    const auto at = parse_timestamp(object.at("at").get_ref<const std::string&>());
    if (!at) return std::nullopt;
    publication.at = *at;
    publication.by = object.at("by").get_ref<const std::string&>();
    publication.why = object.at("why").get_ref<const std::string&>();
    return publication;
  } catch (const json::exception&) {
    return std::nullopt;
  }
}

struct HistoryText {
  std::vector<Publication> publications;
  std::vector<std::size_t> begins;  ///< of each publication's line
  std::size_t whole_lines = 0;      ///< bytes up to the last newline
  std::size_t bytes = 0;
};

/// A last line without its newline is what a killed writer left, and is not read.
Result<HistoryText> read_history(const Layout& layout) {
  const fs::path path = layout.publications();
  std::error_code ignored;
  if (!fs::exists(path, ignored)) return HistoryText{};
  const std::string text = TRY(read_file(path));
  HistoryText history;
  history.bytes = text.size();
  for (std::size_t end = text.find('\n'); end != std::string::npos;
       end = text.find('\n', history.whole_lines)) {
    const std::size_t begin = history.whole_lines;
    const auto publication = parse_line(std::string_view(text).substr(begin, end - begin));
    if (!publication) {
      return fail(ErrorKind::kRefused,
                  "history of publications is damaged: {} line {}: restore the file or correct "
                  "the line",
                  path.string(), history.publications.size() + 1);
    }
    history.publications.push_back(*publication);
    history.begins.push_back(begin);
    history.whole_lines = end + 1;
  }
  return history;
}

std::unexpected<Error> write_failure(const fs::path& path, int code) {
  return fail(ErrorKind::kUnavailable, "cannot write file {}: {}", path.string(),
              std::strerror(code));
}

Result<> cut_file(const fs::path& path, std::size_t bytes) {
  if (::truncate(path.c_str(), static_cast<off_t>(bytes)) != 0) return write_failure(path, errno);
  return sync_path(path);
}

class AppendFile {
 public:
  explicit AppendFile(const fs::path& path)
      : path_(path),
        descriptor_(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644)) {}
  ~AppendFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  AppendFile(const AppendFile&) = delete;
  AppendFile& operator=(const AppendFile&) = delete;

  [[nodiscard]] Result<> write(std::string_view text) const {
    if (descriptor_ < 0) return write_failure(path_, errno);
    while (!text.empty()) {
      const ssize_t written = ::write(descriptor_, text.data(), text.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return write_failure(path_, errno);
      text.remove_prefix(static_cast<std::size_t>(written));
    }
    if (::fsync(descriptor_) != 0) return write_failure(path_, errno);
    return {};
  }

 private:
  fs::path path_;
  int descriptor_;
};

}  // namespace

Result<std::optional<VersionNumber>> read_current(const Layout& layout) {
  constexpr std::string_view kPrefix = "versions/";
  const fs::path path = layout.current();
  std::error_code ignored;
  if (fs::symlink_status(path, ignored).type() == fs::file_type::not_found) return std::nullopt;
  const std::string text = TRY(read_file(path));
  std::string_view line = text;
  const bool whole = line.starts_with(kPrefix) && line.ends_with('\n');
  if (whole) line = line.substr(kPrefix.size(), line.size() - kPrefix.size() - 1);
  const auto number = whole ? parse_version_number(line) : std::nullopt;
  if (!number) {
    return fail(ErrorKind::kRefused,
                "file that names the live version is damaged: {}: it must hold one line, "
                "versions/<number>",
                path.string());
  }
  return number;
}

Result<> replace_current(const Layout& layout, VersionNumber number) {
  return replace_file(layout.current(), fmt::format("versions/{}\n", number));
}

Result<std::vector<Publication>> read_publications(const Layout& layout) {
  const auto live = TRY(read_current(layout));
  if (!live) return std::vector<Publication>{};
  HistoryText history = TRY(read_history(layout));
  auto& publications = history.publications;
  const auto last =
      std::ranges::find(publications.rbegin(), publications.rend(), *live, &Publication::version);
  if (last != publications.rend()) publications.erase(last.base(), publications.end());
  return std::move(publications);
}

Result<> append_publication(const Layout& layout, const Publication& publication) {
  const HistoryText history = TRY(read_history(layout));
  auto written = AppendFile(layout.publications()).write(to_line(publication));
  if (written) written = sync_path(layout.folder());
  if (std::error_code ignored; !written && fs::exists(layout.publications(), ignored))
    std::ignore = cut_file(layout.publications(), history.bytes);
  return written;
}

Result<> drop_unfinished_publication(const Layout& layout) {
  const auto live = TRY(read_current(layout));
  const HistoryText history = TRY(read_history(layout));
  std::size_t keep = history.whole_lines;
  if (!history.publications.empty() && history.publications.back().version != live)
    keep = history.begins.back();
  if (keep == history.bytes) return {};
  return cut_file(layout.publications(), keep);
}

}  // namespace voucher::embedded
