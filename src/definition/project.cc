#include "definition/project.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <system_error>

#include "base/files.h"
#include "base/suggest.h"
#include "definition/load.h"

namespace voucher {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kDefinitionEnding = ".yaml";
constexpr std::string_view kSampleEnding = ".sample.yaml";

bool is_folder(const fs::path& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

bool is_file(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

bool is_project(const fs::path& folder) {
  return is_file(folder / "voucher.yaml") || is_folder(folder / "domains");
}

/// Without dots and a slash at the end.
fs::path absolute_folder(const fs::path& path) {
  std::error_code code;
  fs::path folder = fs::absolute(path, code).lexically_normal();
  return folder.has_filename() || !folder.has_relative_path() ? folder : folder.parent_path();
}

/// The entries of a folder whose names do not begin with a dot, by name.
Result<std::vector<fs::path>> list_folder(const fs::path& folder) {
  std::error_code code;
  std::vector<fs::path> paths;
  for (fs::directory_iterator entry(folder, code), end; !code && entry != end;
       entry.increment(code)) {
    if (!entry->path().filename().string().starts_with('.')) paths.push_back(entry->path());
  }
  if (code) {
    return fail(ErrorKind::kUnavailable, "cannot read folder {}: {}", folder.string(),
                code.message());
  }
  std::ranges::sort(paths);
  return paths;
}

Result<std::vector<DefinitionFile>> list_definitions(const fs::path& domains) {
  std::vector<DefinitionFile> files;
  if (!is_folder(domains)) return files;
  for (const fs::path& domain : TRY(list_folder(domains))) {
    if (!is_folder(domain)) continue;
    for (const fs::path& path : TRY(list_folder(domain))) {
      const std::string name = path.filename().string();
      if (!name.ends_with(kDefinitionEnding) || name.ends_with(kSampleEnding)) continue;
      if (is_file(path)) files.push_back({domain.filename().string(), path.stem().string(), path});
    }
  }
  std::ranges::sort(files, {},
                    [](const auto& file) { return std::pair(file.domain, file.dataset); });
  return files;
}

/// The path as a person at the working directory would write it.
std::string shown_path(const fs::path& path) {
  std::error_code code;
  const fs::path here = fs::current_path(code);
  if (code) return path.string();
  const fs::path relative = path.lexically_relative(here);
  return relative.empty() || *relative.begin() == ".." ? path.string() : relative.string();
}

std::string list_ids(const std::vector<DefinitionFile>& files) {
  std::vector<std::string> ids;
  for (const DefinitionFile& file : files) ids.push_back(file.id());
  return fmt::format("{}", fmt::join(ids, ", "));
}

/// Those files whose `name` is the wanted one; kUsage with the nearest where there is none.
Result<std::vector<DefinitionFile>> narrow(const std::vector<DefinitionFile>& files,
                                           std::string DefinitionFile::* name,
                                           std::string_view what,
                                           const std::optional<std::string>& wanted) {
  if (!wanted) return files;
  std::vector<DefinitionFile> found;
  std::set<std::string> names;
  for (const DefinitionFile& file : files) {
    names.insert(file.*name);
    if (file.*name == *wanted) found.push_back(file);
  }
  if (!found.empty()) return found;
  const std::vector<std::string> candidates(names.begin(), names.end());
  return fail(ErrorKind::kUsage, "no {} '{}'{}; there are: {}", what, *wanted,
              did_you_mean(*wanted, candidates), list_ids(files));
}

}  // namespace

Result<Project> open_project(const fs::path& folder, std::span<const std::string> known_flags) {
  if (!is_folder(folder)) {
    return fail(ErrorKind::kUnavailable, "no such project folder: {}", folder.string());
  }
  Project project;
  project.root = absolute_folder(folder);
  if (!is_project(project.root)) {
    return fail(ErrorKind::kRefused,
                "no project in {}: it has neither voucher.yaml nor domains/; `voucher init` makes "
                "one",
                folder.string());
  }
  if (const fs::path path = project.root / "voucher.yaml"; is_file(path)) {
    const std::string text = TRY(read_file(path));
    project.flag_defaults = TRY(parse_flag_defaults(text, shown_path(path), known_flags));
  }
  project.definitions = TRY(list_definitions(project.root / "domains"));
  return project;
}

Result<Project> find_project(const fs::path& start, const fs::path& installed,
                             std::span<const std::string> known_flags) {
  fs::path folder = absolute_folder(start);
  while (true) {
    if (is_project(folder)) return open_project(folder, known_flags);
    if (!folder.has_relative_path()) break;
    folder = folder.parent_path();
  }
  if (installed.empty() || !is_project(installed)) {
    return fail(ErrorKind::kRefused,
                "no project: neither {} nor a folder above it has voucher.yaml or domains/; "
                "`voucher init` makes one, --project names one",
                start.string());
  }
  Project project = TRY(open_project(installed, known_flags));
  project.installed = true;
  return project;
}

Result<DefinitionFile> choose_definition(const Project& project,
                                         const std::optional<std::string>& domain,
                                         const std::optional<std::string>& dataset) {
  const auto& all = project.definitions;
  if (all.empty()) {
    return fail(ErrorKind::kRefused,
                "the project has no definition: {} holds no <domain>/<dataset>.yaml",
                shown_path(project.root / "domains"));
  }
  const auto of_domain = TRY(narrow(all, &DefinitionFile::domain, "domain", domain));
  const auto found = TRY(narrow(of_domain, &DefinitionFile::dataset, "dataset", dataset));
  if (found.size() == 1) return found.front();
  return fail(ErrorKind::kUsage, "which dataset? Choose one with --domain and --dataset: {}",
              list_ids(found));
}

Result<Dataset> load_definition(const DefinitionFile& file) {
  const std::string text = TRY(read_file(file.path));
  return parse_definition(text, shown_path(file.path), {file.domain, file.dataset});
}

fs::path sample_path(const DefinitionFile& file) {
  return file.path.parent_path() / fmt::format("{}{}", file.dataset, kSampleEnding);
}

}  // namespace voucher
