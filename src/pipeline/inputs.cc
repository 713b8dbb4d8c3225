#include "pipeline/inputs.h"

#include <glob.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <map>
#include <set>
#include <system_error>

#include "base/hash.h"

namespace voucher {
namespace {

namespace fs = std::filesystem;

bool is_hidden(const fs::path& path) {
  const std::string name = path.filename().string();
  return name.empty() || name.front() == '.' || name.front() == '_';
}

bool has_extension(const fs::path& path, SourceFormat format) {
  const std::string extension = path.extension().string();
  if (format == SourceFormat::kJson && (extension == ".ndjson" || extension == ".jsonl"))
    return true;
  return extension == "." + std::string(to_string(format));
}

Result<std::vector<fs::path>> files_of_folder(const fs::path& folder, SourceFormat format) {
  std::vector<fs::path> files;
  std::error_code failure;
  auto entry = fs::recursive_directory_iterator(folder, failure);
  for (; !failure && entry != fs::recursive_directory_iterator(); entry.increment(failure)) {
    if (is_hidden(entry->path())) {
      entry.disable_recursion_pending();
    } else if (entry->is_regular_file(failure) && has_extension(entry->path(), format)) {
      files.push_back(entry->path());
    }
  }
  if (failure)
    return fail(ErrorKind::kUnavailable, "cannot read folder {}: {}", folder.string(),
                failure.message());
  if (files.empty()) {
    return fail(ErrorKind::kUnavailable,
                "no *.{} file in folder {}: check --input, or the definition's source format",
                to_string(format), folder.string());
  }
  return files;
}

class Glob {
 public:
  explicit Glob(const std::string& pattern)
      : code_(::glob(pattern.c_str(), 0, nullptr, &matches_)) {}
  ~Glob() { ::globfree(&matches_); }
  Glob(const Glob&) = delete;
  Glob& operator=(const Glob&) = delete;
  [[nodiscard]] std::vector<fs::path> paths() const {
    if (code_ != 0) return {};
    return {matches_.gl_pathv, matches_.gl_pathv + matches_.gl_pathc};
  }

 private:
  glob_t matches_{};
  int code_;
};

Result<std::vector<fs::path>> expand(const std::string& argument, SourceFormat format) {
  std::error_code failure;
  if (fs::is_directory(argument, failure)) return files_of_folder(argument, format);
  // A file whose name happens to hold a wildcard is that file.
  if (fs::exists(argument, failure)) return std::vector<fs::path>{argument};
  if (argument.find_first_of("*?[") == std::string::npos) {
    return fail(ErrorKind::kUnavailable, "no such file or folder: {}", argument);
  }
  std::vector<fs::path> files;
  for (const fs::path& match : Glob(argument).paths()) {
    if (!fs::is_directory(match, failure)) {
      files.push_back(match);
    } else if (auto nested = files_of_folder(match, format)) {
      files.insert(files.end(), nested->begin(), nested->end());
    }
  }
  if (files.empty()) return fail(ErrorKind::kUnavailable, "no file matches {}", argument);
  return files;
}

Result<SourceFile> describe(const fs::path& path, std::span<const SourceFile> known) {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) {
    return fail(ErrorKind::kUnavailable, "cannot read file {}: {}", path.string(),
                std::strerror(errno));
  }
  if (!S_ISREG(status.st_mode))
    return fail(ErrorKind::kUnavailable, "not a regular file: {}", path.string());
  SourceFile file;
  file.path = path;
  file.bytes = status.st_size;
  file.modified_ns = std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec;
  const auto same = std::ranges::find_if(known, [&](const SourceFile& other) {
    return other.path == file.path && other.bytes == file.bytes &&
           other.modified_ns == file.modified_ns;
  });
  file.sha256 = same != known.end() ? same->sha256 : TRY(sha256_file(path));
  return file;
}

}  // namespace

Result<Inputs> resolve_inputs(std::span<const std::string> arguments, SourceFormat format,
                              std::span<const SourceFile> known, const JobControl& control) {
  std::set<fs::path> paths;
  for (const std::string& argument : arguments) {
    for (const fs::path& path : TRY(expand(argument, format))) {
      std::error_code failure;
      const fs::path absolute = fs::weakly_canonical(fs::absolute(path), failure);
      paths.insert(failure ? fs::absolute(path).lexically_normal() : absolute);
    }
  }
  Inputs inputs;
  std::map<std::string, fs::path> seen;
  for (const fs::path& path : paths) {
    if (control.stop.stop_requested())
      return fail(ErrorKind::kInterrupted, "interrupted while reading {}", path.string());
    SourceFile file = TRY(describe(path, known));
    const auto [first, is_new] = seen.emplace(file.sha256, path);
    if (is_new) {
      inputs.files.push_back(std::move(file));
    } else {
      inputs.warnings.push_back(fmt::format("{} has the same content as {}: it counts once",
                                            path.string(), first->second.string()));
    }
  }
  return inputs;
}

}  // namespace voucher
