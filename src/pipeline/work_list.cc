#include "pipeline/work_list.h"

#include <algorithm>

#include "decision/snapshot.h"
#include "pipeline/inputs.h"

namespace voucher {
namespace {

std::vector<SourceFile> files_of(const VersionManifest& manifest) {
  std::vector<SourceFile> files;
  for (const Part& part : manifest.parts)
    files.insert(files.end(), part.files.begin(), part.files.end());
  return files;
}

Result<> refuse_changed_content(const std::vector<SourceFile>& held, const SourceFile& file) {
  const auto same_path = std::ranges::find(held, file.path, &SourceFile::path);
  if (same_path == held.end()) return {};
  return fail(ErrorKind::kRefused,
              "{} was taken before with other content: give new data a new name, or rebuild from "
              "all files with "
              "--full-refresh",
              file.path.string());
}

/// All files of the live version, read again because the definition changed: each must still be
/// what it was.
Result<> add_held_files(const std::vector<SourceFile>& held, const JobControl& control,
                        WorkList& work) {
  for (const SourceFile& file : held) {
    const std::vector<std::string> argument{file.path.string()};
    auto again = resolve_inputs(argument, SourceFormat::kParquet, {}, control);
    if (!again || again->files.front().sha256 != file.sha256) {
      return fail(ErrorKind::kRefused,
                  "the definition changed, and {} of the live version is {}: name all files and "
                  "--full-refresh",
                  file.path.string(), again ? "not what it was" : "gone");
    }
    work.files.push_back(file);
  }
  return {};
}

}  // namespace

Result<WorkList> find_work(const RunRequest& request, const std::optional<VersionManifest>& live,
                           const JobControl& control) {
  const std::vector<SourceFile> held = live ? files_of(*live) : std::vector<SourceFile>{};
  Inputs inputs = TRY(resolve_inputs(request.inputs, request.dataset.source.format, held, control));
  WorkList work;
  work.warnings = std::move(inputs.warnings);
  if (request.full_refresh) {
    if (live) work.dropped = all_parts(*live);
    work.files = std::move(inputs.files);
    return work;
  }
  std::set<std::string> known;
  for (const SourceFile& file : held) known.insert(file.sha256);
  for (SourceFile& file : inputs.files) {
    if (known.contains(file.sha256)) continue;
    TRY(refuse_changed_content(held, file));
    work.files.push_back(std::move(file));
  }
  if (live && live->definition != definition_hash(request.dataset)) {
    work.dropped = all_parts(*live);
    TRY(add_held_files(held, control, work));
  }
  std::ranges::sort(work.files, {}, &SourceFile::path);
  return work;
}

}  // namespace voucher
