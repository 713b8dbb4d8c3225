#include "warehouse/embedded/version_load.h"

#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>

#include "base/files.h"
#include "base/hash.h"
#include "warehouse/embedded/new_part.h"
#include "warehouse/embedded/publications.h"
#include "warehouse/embedded/version_database.h"
#include "warehouse/embedded/version_folder.h"

namespace voucher::embedded {
namespace {

namespace fs = std::filesystem;
using SteadyClock = std::chrono::steady_clock;

/// What a new version starts from: the live version's parts, counts and number.
struct Base {
  std::optional<VersionNumber> number;
  std::vector<Part> parts;
  RowCounts rows;
  HistoryCounts history;
};

/// Files and folders that go away again unless the load comes to its end.
class Undo {
 public:
  Undo() = default;
  ~Undo() {
    std::error_code ignored;
    for (const fs::path& path : paths_) fs::remove_all(path, ignored);
  }
  Undo(const Undo&) = delete;
  Undo& operator=(const Undo&) = delete;
  void add(fs::path path) { paths_.push_back(std::move(path)); }
  void keep() { paths_.clear(); }

 private:
  std::vector<fs::path> paths_;
};

Result<Base> read_base(const Layout& layout, const LoadRequest& request) {
  Base base;
  base.number = TRY(read_current(layout));
  base.history = HistoryCounts(request.dataset.variants);
  if (!base.number || request.full_refresh) return base;
  VersionManifest live = TRY(read_version(layout, *base.number));
  if (live.definition != definition_hash(request.dataset)) {
    return fail(ErrorKind::kRefused,
                "definition of {} differs from the live version's: give --full-refresh with all "
                "files (version {})",
                request.dataset.id(), *base.number);
  }
  Snapshot snapshot = TRY(read_snapshot(layout, live));
  base.parts = std::move(live.parts);
  base.rows = std::move(snapshot.rows);
  base.history = std::move(snapshot.history);
  return base;
}

/// rename(2) where it can; files of another file system are copied beside first.
Result<> take_over(const Layout& layout, const fs::path& from, const fs::path& to) {
  std::error_code code;
  TRY(create_folder(to.parent_path()));
  TRY(sync_path(from));
  fs::rename(from, to, code);
  if (!code) return sync_path(to.parent_path());
  if (code != std::errc::cross_device_link) {
    return fail(ErrorKind::kUnavailable, "cannot move {} to {}: {}", from.string(), to.string(),
                code.message());
  }
  const fs::path copy = layout.staging() / to.filename();
  TRY(create_folder(layout.staging()));
  fs::copy_file(from, copy, fs::copy_options::overwrite_existing, code);
  if (code) {
    return fail(ErrorKind::kUnavailable, "cannot copy {} to {}: {}", from.string(), copy.string(),
                code.message());
  }
  TRY(sync_path(copy));
  TRY(move_into_place(copy, to));
  fs::remove(from, code);
  return {};
}

/// Gives a file its content's name. What an earlier, unpublished load left there is the same file.
Result<std::string> store(const Layout& layout, const fs::path& file, const fs::path& folder,
                          Undo& undo) {
  std::string name = TRY(sha256_file(file));
  const fs::path target = folder / Layout::parquet_name(name);
  std::error_code ignored;
  if (!fs::exists(target, ignored)) undo.add(target);
  TRY(take_over(layout, file, target));
  return name;
}

Result<Part> store_part(const Layout& layout, const TransformOutcome& outcome,
                        const std::string& definition, Undo& undo) {
  Part part;
  part.definition = definition;
  part.rows = outcome.rows;
  part.files = outcome.files;
  part.unknown_columns = outcome.unknown_columns;
  part.time_ranges = outcome.time_ranges;
  if (outcome.rows.processed > 0)
    part.name = TRY(store(layout, outcome.processed, layout.parts(), undo));
  part.rejected = TRY(store(layout, outcome.rejected, layout.rejected(), undo));
  return part;
}

std::vector<std::string> warnings_of(const Snapshot& snapshot, const Part& part) {
  std::vector<std::string> warnings;
  for (const auto& [folded, group] : snapshot.history.groups()) {
    if (group.spellings.size() < 2) continue;
    std::vector<std::string> spellings;
    for (const auto& [spelling, rows] : group.spellings)
      spellings.push_back(fmt::format("{} ({} rows)", spelling, rows));
    warnings.push_back(fmt::format("group {} has several spellings: {}", group.shown(),
                                   fmt::join(spellings, ", ")));
  }
  for (const std::string& column : part.unknown_columns)
    warnings.push_back("column is not in the definition and was ignored: " + column);
  return warnings;
}

/// Every file of the new folder, then the folder itself, then its name.
Result<> write_version(const Layout& layout, const Snapshot& snapshot,
                       const std::string& snapshot_text, const VersionManifest& manifest,
                       const EmbeddedOptions& options, Undo& undo) {
  const auto step = [&](std::string_view name) {
    if (options.at_step) options.at_step(name);
  };
  const fs::path folder = layout.unfinished_version(manifest.version);
  undo.add(folder);
  step("make version folder");
  TRY(create_folder(folder));
  step("write snapshot");
  TRY(replace_file(folder / kSnapshotFile, snapshot_text));
  step("write database");
  TRY(write_version_database(folder / kDatabaseFile, layout, snapshot, manifest));
  step("write manifest");
  TRY(replace_file(
      folder / kManifestFile,
      to_json(manifest).dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n"));
  TRY(sync_path(folder));
  step("name version");
  TRY(move_into_place(folder, layout.version(manifest.version)));
  return sync_path(layout.folder());
}

VersionManifest describe(const LoadRequest& request, const Base& base, const Snapshot& snapshot,
                         const Part& part, Timestamp now) {
  VersionManifest manifest;
  manifest.domain = request.dataset.domain;
  manifest.dataset = request.dataset.dataset;
  manifest.based_on = base.number;
  manifest.definition = part.definition;
  manifest.names = request.dataset.warehouse;
  manifest.engine = request.engine;
  manifest.tool_version = request.tool_version;
  manifest.run_id = request.run_id;
  manifest.loaded_at = now;
  manifest.loaded_by = request.loaded_by;
  manifest.rows = snapshot.rows;
  manifest.new_rows = part.rows;
  manifest.parts = base.parts;
  manifest.parts.push_back(part);
  manifest.stages = request.transformed.stages;
  manifest.warnings = warnings_of(snapshot, part);
  return manifest;
}

Result<> refuse_taken_names(const WarehouseNames& names) {
  const std::string rejected = names.table + "_rejected";
  for (const auto& [variant, view] : names.views) {
    if (view != rejected && view != names.table) continue;
    return fail(ErrorKind::kRefused,
                "view of variant {} has the name of the table or of its rejected rows: {}: rename "
                "it in the definition",
                variant, view);
  }
  return {};
}

Result<TransformOutcome> without_earlier_rows(const Layout& layout, const LoadRequest& request,
                                              const Base& base, const EmbeddedOptions& options,
                                              const JobControl& control) {
  TransformOutcome outcome = request.transformed;
  auto connection = TRY(open_workspace(layout, options));
  TRY(check_outputs(connection, request.dataset, outcome));
  if (request.dataset.clean.deduplicate == Deduplicate::kAllColumns) {
    const auto earlier = part_files(layout, overlapping_parts(base.parts, outcome.time_ranges));
    TRY(create_folder(layout.staging()));
    TRY(remove_earlier_rows(connection, request.dataset, earlier,
                            layout.staging() / "processed_new.parquet", outcome, control));
  }
  if (!outcome.history)
    outcome.history = TRY(count_rows(connection, request.dataset, outcome.processed));
  return outcome;
}

}  // namespace

Result<> refuse_known_files(const std::vector<Part>& parts, const std::vector<SourceFile>& files) {
  for (const Part& part : parts) {
    for (const SourceFile& known : part.files) {
      for (const SourceFile& file : files) {
        if (file.sha256 == known.sha256) {
          return fail(ErrorKind::kRefused,
                      "file is in the live version already: {} (taken as {}): leave it out",
                      file.path.string(), known.path.string());
        }
        if (file.path == known.path) {
          return fail(ErrorKind::kRefused,
                      "file has changed since the live version took it: {}: give --replace to "
                      "replace its rows or --append to keep them",
                      file.path.string());
        }
      }
    }
  }
  return {};
}

Result<duckdb::Connection> open_workspace(const Layout& layout, const EmbeddedOptions& options) {
  const auto database = TRY(duckdb::Database::open(
      {.threads = options.threads,
       .memory_limit_bytes = options.memory_limit_bytes,
       .temp_directory = layout.staging() / fmt::format("spill-{}", ::getpid())}));
  return database.connect();
}

Result<VersionManifest> load_version(const Layout& layout, const LoadRequest& request,
                                     const Clock& clock, const EmbeddedOptions& options,
                                     const JobControl& control) {
  const auto begin = SteadyClock::now();
  const auto step = [&](std::string_view name) -> Result<> {
    if (options.at_step) options.at_step(name);
    if (!control.stop.stop_requested()) return {};
    return fail(ErrorKind::kInterrupted, "load was interrupted: nothing was changed");
  };
  TRY(refuse_taken_names(request.dataset.warehouse));
  TRY(step("read live version"));
  const Base base = TRY(read_base(layout, request));
  TRY(refuse_known_files(base.parts, request.transformed.files));
  TRY(create_folder(layout.versions()));

  TRY(step("find duplicates"));
  const TransformOutcome outcome =
      TRY(without_earlier_rows(layout, request, base, options, control));

  Undo undo;
  TRY(step("store files"));
  const Part part = TRY(store_part(layout, outcome, definition_hash(request.dataset), undo));
  Snapshot snapshot{request.dataset, base.rows, base.history};
  snapshot.rows += outcome.rows;
  snapshot.history += *outcome.history;
  const std::string snapshot_text = to_canonical_json(snapshot);

  VersionManifest manifest = describe(request, base, snapshot, part, clock.now());
  manifest.snapshot = sha256_hex(snapshot_text);
  manifest.stages.push_back({"load",
                             std::chrono::duration<double>(SteadyClock::now() - begin).count(),
                             outcome.rows.processed});
  TRY(step("take version number"));
  manifest.version = TRY(take_version_number(layout));
  TRY(write_version(layout, snapshot, snapshot_text, manifest, options, undo));
  undo.keep();
  return manifest;
}

}  // namespace voucher::embedded
