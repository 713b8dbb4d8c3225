#include "warehouse/embedded/version_load.h"

#include <unistd.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "base/check.h"
#include "base/files.h"
#include "base/hash.h"
#include "warehouse/embedded/publications.h"
#include "warehouse/embedded/version_database.h"
#include "warehouse/embedded/version_folder.h"
#include "warehouse/version_draft.h"

namespace voucher::embedded {
namespace {

namespace fs = std::filesystem;
using SteadyClock = std::chrono::steady_clock;

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

Result<std::optional<LiveVersion>> read_live(const Layout& layout) {
  const auto number = TRY(read_current(layout));
  if (!number) return std::nullopt;
  LiveVersion live;
  live.manifest = TRY(read_version(layout, *number));
  live.snapshot = TRY(read_snapshot(layout, live.manifest));
  return live;
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

/// Gives the parts that are new the names of their content.
Result<> store_parts(const Layout& layout, std::vector<DraftPart>& parts, Undo& undo) {
  for (DraftPart& draft : parts) {
    if (!draft.processed.empty())
      draft.part.name = TRY(store(layout, draft.processed, layout.parts(), undo));
    if (!draft.rejected.empty())
      draft.part.rejected = TRY(store(layout, draft.rejected, layout.rejected(), undo));
  }
  return {};
}

/// Every file of the new folder, then the folder itself, then its name.
Result<> write_version(const Layout& layout, const VersionDraft& draft,
                       const VersionManifest& manifest, const EmbeddedOptions& options,
                       Undo& undo) {
  const auto step = [&](std::string_view name) {
    if (options.at_step) options.at_step(name);
  };
  const fs::path folder = layout.unfinished_version(manifest.version);
  undo.add(folder);
  step("make version folder");
  TRY(create_folder(folder));
  step("write snapshot");
  TRY(replace_file(folder / kSnapshotFile, draft.snapshot_text));
  step("write database");
  TRY(write_version_database(folder / kDatabaseFile, layout, draft.snapshot, manifest));
  step("write manifest");
  TRY(replace_file(
      folder / kManifestFile,
      to_json(manifest).dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n"));
  TRY(sync_path(folder));
  step("name version");
  TRY(move_into_place(folder, layout.version(manifest.version)));
  return sync_path(layout.folder());
}

ReadParts read_parts_of(const Layout& layout, const std::optional<LiveVersion>& live) {
  return [&](std::span<const std::size_t> positions, std::span<const TimeRange> /*within*/) {
    return files_of_parts(layout, live->manifest.parts, positions);
  };
}

}  // namespace

Result<duckdb::Connection> open_workspace(const fs::path& scratch, const EmbeddedOptions& options) {
  const auto database = TRY(
      duckdb::Database::open({.threads = options.threads,
                              .memory_limit_bytes = options.memory_limit_bytes,
                              .temp_directory = scratch / fmt::format("spill-{}", ::getpid())}));
  return database.connect();
}

std::vector<PartFiles> files_of_parts(const Layout& layout, const std::vector<Part>& parts,
                                      std::span<const std::size_t> positions) {
  std::vector<PartFiles> files;
  for (const std::size_t position : positions) {
    CHECK(position < parts.size());
    const Part& part = parts[position];
    files.push_back({part.name.empty() ? fs::path() : layout.part(part.name),
                     part.rejected.empty() ? fs::path() : layout.rejected(part.rejected)});
  }
  return files;
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
  TRY(step("read live version"));
  const auto live = TRY(read_live(layout));
  TRY(create_folder(layout.versions()));
  TRY(create_folder(layout.staging()));

  TRY(step("find duplicates"));
  auto connection = TRY(open_workspace(layout.staging(), options));
  VersionDraft draft = TRY(draft_version(connection, request, live, read_parts_of(layout, live),
                                         layout.staging(), control));
  Undo undo;
  TRY(step("store files"));
  TRY(store_parts(layout, draft.parts, undo));

  VersionManifest manifest = describe(request, draft, clock.now());
  manifest.stages.push_back({"load",
                             std::chrono::duration<double>(SteadyClock::now() - begin).count(),
                             draft.new_rows.processed});
  TRY(step("take version number"));
  manifest.version = TRY(take_version_number(layout));
  TRY(write_version(layout, draft, manifest, options, undo));
  undo.keep();
  return manifest;
}

Result<LoadPreview> preview_version(const Layout& layout, const LoadRequest& request,
                                    const fs::path& scratch, const EmbeddedOptions& options,
                                    const JobControl& control) {
  const auto live = TRY(read_live(layout));
  auto connection = TRY(open_workspace(scratch, options));
  const ReadParts read_parts = read_parts_of(layout, live);
  return preview_of(TRY(draft_version(connection, request, live, read_parts, scratch, control)),
                    read_parts);
}

}  // namespace voucher::embedded
