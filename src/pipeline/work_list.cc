#include "pipeline/work_list.h"

#include <algorithm>
#include <map>

#include "decision/definition_json.h"
#include "pipeline/compaction.h"
#include "pipeline/inputs.h"

namespace voucher {
namespace {

namespace fs = std::filesystem;

enum class DefinitionChange {
  kNone,
  kLabels,  ///< the rows are what they were
  kRows,
};

class WorkFinder {
 public:
  WorkFinder(const RunRequest& request, const std::optional<VersionManifest>& live,
             Warehouse& warehouse, const JobControl& control)
      : request_(request), live_(live), warehouse_(warehouse), control_(control) {
    if (!live) return;
    for (const Part& part : live->parts)
      held_.insert(held_.end(), part.files.begin(), part.files.end());
  }

  Result<WorkList> find() {
    Inputs inputs =
        TRY(resolve_inputs(request_.inputs, request_.dataset.source.format, held_, control_));
    inputs_ = std::move(inputs.files);
    work_.warnings = std::move(inputs.warnings);
    if (inputs_.empty() && (request_.full_refresh || !live_)) {
      return fail(ErrorKind::kUsage, "nothing to build {} from: give --input with its files",
                  request_.dataset.id());
    }
    if (request_.full_refresh || !live_) {
      if (live_) work_.dropped = all_parts(*live_);
      work_.files = std::move(inputs_);
      return std::move(work_);
    }
    TRY(take_new_files());
    const DefinitionChange change = TRY(find_change());
    if (change == DefinitionChange::kRows) work_.dropped = all_parts(*live_);
    drop_replaced_rows();
    TRY(read_dropped_again());
    rewrite_parts(change);
    std::ranges::sort(work_.files, {}, &SourceFile::path);
    return std::move(work_);
  }

 private:
  [[nodiscard]] bool holds(const fs::path& path) const {
    return std::ranges::find(held_, path, &SourceFile::path) != held_.end();
  }
  [[nodiscard]] bool holds(const SourceFile& file) const {
    return std::ranges::any_of(held_, [&](const SourceFile& known) {
      return known.path == file.path && known.sha256 == file.sha256;
    });
  }

  Result<> take_new_files() {
    for (const SourceFile& file : inputs_) {
      const bool changed = holds(file.path) && !holds(file);
      if (changed && request_.changed_files == ChangedFile::kReplace) replaced_.insert(file.path);
    }
    std::set<std::string> known;
    for (const SourceFile& file : held_)
      if (!replaced_.contains(file.path)) known.insert(file.sha256);
    for (const SourceFile& file : inputs_) {
      if (known.contains(file.sha256)) continue;
      if (request_.changed_files == ChangedFile::kRefuse && holds(file.path)) {
        return fail(ErrorKind::kRefused,
                    "file was taken before with other content: {}: give --replace to replace its "
                    "rows, --append to keep them too, or --full-refresh with all files",
                    file.path.string());
      }
      work_.files.push_back(file);
    }
    return {};
  }

  Result<DefinitionChange> find_change() {
    if (live_->definition == definition_hash(request_.dataset)) return DefinitionChange::kNone;
    const DatasetId id{request_.dataset.domain, request_.dataset.dataset};
    const Snapshot snapshot = TRY(warehouse_.snapshot(id, live_->version));
    return makes_same_rows(snapshot.definition, request_.dataset) ? DefinitionChange::kLabels
                                                                  : DefinitionChange::kRows;
  }

  /// A part may have lost rows to the file, as duplicates, where it has any and its times meet
  /// those of the part that holds the file. What it lost to other files is held still, or is read
  /// again with them.
  void drop_replaced_rows() {
    const auto& parts = live_->parts;
    std::vector<const Part*> holding;
    for (const Part& part : parts)
      if (holds_replaced(part)) holding.push_back(&part);
    for (std::size_t position = 0; position < parts.size(); ++position) {
      const Part& part = parts[position];
      const bool may_have_lost_rows =
          part.rows.duplicates > 0 && std::ranges::any_of(holding, [&](const Part* other) {
            return may_share_rows(other->time_ranges, part.time_ranges);
          });
      if (holds_replaced(part) || may_have_lost_rows) work_.dropped.insert(position);
    }
  }

  [[nodiscard]] bool holds_replaced(const Part& part) const {
    return std::ranges::any_of(
        part.files, [&](const SourceFile& file) { return replaced_.contains(file.path); });
  }

  Result<> read_dropped_again() {
    for (const std::size_t position : work_.dropped) {
      for (const SourceFile& file : live_->parts[position].files)
        if (!replaced_.contains(file.path)) work_.files.push_back(TRY(find_again(file)));
    }
    return {};
  }

  /// The file with the content that was taken: where it was, or among the inputs.
  Result<SourceFile> find_again(const SourceFile& file) {
    const auto moved = std::ranges::find(inputs_, file.sha256, &SourceFile::sha256);
    if (moved != inputs_.end()) return *moved;
    const std::vector<std::string> argument{file.path.string()};
    const auto again = resolve_inputs(argument, SourceFormat::kParquet, {}, control_);
    if (again && again->files.front().sha256 == file.sha256) return again->files.front();
    return fail(ErrorKind::kRefused,
                "file of the live version has to be read again and is {}: {}: restore it, or name "
                "all files with --full-refresh",
                again ? "not what it was" : "gone", file.path.string());
  }

  void rewrite_parts(DefinitionChange change) {
    std::vector<std::size_t> staying;
    std::vector<std::int64_t> rows;
    for (std::size_t position = 0; position < live_->parts.size(); ++position) {
      if (work_.dropped.contains(position)) continue;
      staying.push_back(position);
      rows.push_back(live_->parts[position].rows.processed);
    }
    if (change == DefinitionChange::kNone && work_.empty()) return;
    const std::size_t first = first_to_merge(rows).value_or(staying.size());
    if (change == DefinitionChange::kLabels)
      for (std::size_t i = 0; i < first; ++i) work_.rewritten.push_back({staying[i]});
    if (first < staying.size())
      work_.rewritten.emplace_back(staying.begin() + static_cast<std::ptrdiff_t>(first),
                                   staying.end());
  }

  const RunRequest& request_;
  const std::optional<VersionManifest>& live_;
  Warehouse& warehouse_;
  const JobControl& control_;
  std::vector<SourceFile> held_;  ///< of all live parts
  std::vector<SourceFile> inputs_;
  std::set<fs::path> replaced_;  ///< paths whose held content leaves
  WorkList work_;
};

}  // namespace

Result<WorkList> find_work(const RunRequest& request, const std::optional<VersionManifest>& live,
                           Warehouse& warehouse, const JobControl& control) {
  return WorkFinder(request, live, warehouse, control).find();
}

}  // namespace voucher
