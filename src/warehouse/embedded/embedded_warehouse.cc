#include "warehouse/embedded/embedded_warehouse.h"

#include <unistd.h>

#include <algorithm>
#include <tuple>

#include "base/check.h"
#include "base/files.h"
#include "warehouse/embedded/cell_listing.h"
#include "warehouse/embedded/file_lock.h"
#include "warehouse/embedded/layout.h"
#include "warehouse/embedded/publications.h"
#include "warehouse/embedded/retention.h"
#include "warehouse/embedded/verification.h"
#include "warehouse/embedded/version_database.h"
#include "warehouse/embedded/version_folder.h"
#include "warehouse/embedded/version_load.h"

namespace voucher {
namespace {

namespace fs = std::filesystem;
using namespace embedded;

/// A working folder that is gone leaves the path as it is: the first use of it then fails.
fs::path absolute_root(const fs::path& root) {
  std::error_code code;
  const fs::path absolute = fs::absolute(root, code);
  return (code ? root : absolute).lexically_normal();
}

/// While it is held, staging/ is the writer's; what is left in it goes away with the lock.
class HeldLock final : public WriterLock {
 public:
  HeldLock(std::unique_ptr<FileLock> lock, fs::path staging)
      : lock_(std::move(lock)), staging_(std::move(staging)) {}
  ~HeldLock() override { std::ignore = remove_tree(staging_); }
  HeldLock(const HeldLock&) = delete;
  HeldLock& operator=(const HeldLock&) = delete;

 private:
  std::unique_ptr<FileLock> lock_;
  fs::path staging_;
};

/// A run id as a folder's name: ids of schedulers hold colons, pluses and slashes.
std::string folder_name(std::string_view run_id) {
  std::string name = "run-";
  for (const char c : run_id) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                       c == '-' || c == '_' || c == '.';
    name += plain ? c : '_';
  }
  constexpr std::size_t kLongest = 100;
  if (name.size() > kLongest) name.resize(kLongest);
  return name;
}

/// DuckDB in memory for who holds no lock: it spills outside of the warehouse.
Result<duckdb::Connection> open_reader(const EmbeddedOptions& options) {
  std::error_code code;
  const fs::path spill =
      fs::temp_directory_path(code) / fmt::format("voucher-reader-{}", ::getpid());
  const auto database =
      TRY(duckdb::Database::open({.threads = options.threads,
                                  .memory_limit_bytes = options.memory_limit_bytes,
                                  .temp_directory = code ? fs::path() : spill}));
  return database.connect();
}

class EmbeddedWarehouse final : public Warehouse {
 public:
  EmbeddedWarehouse(fs::path root, const Clock& clock, EmbeddedOptions options)
      : root_(std::move(root)), clock_(clock), options_(std::move(options)) {}

  Result<std::vector<DatasetId>> datasets() override;
  Result<std::unique_ptr<WriterLock>> lock(const DatasetId& id, std::string_view task) override;
  Result<std::optional<VersionNumber>> live(const DatasetId& id) override {
    return read_current(layout(id));
  }
  Result<std::vector<VersionSummary>> versions(const DatasetId& id) override;
  Result<VersionSummary> version(const DatasetId& id, VersionNumber number) override;
  Result<Snapshot> snapshot(const DatasetId& id, VersionNumber number) override;
  Result<fs::path> staging(const DatasetId& id, const std::string& run_id) override;
  Result<std::vector<PartFiles>> part_files(const DatasetId& id, VersionNumber number,
                                            std::span<const std::size_t> positions,
                                            const fs::path& scratch,
                                            const JobControl& control) override;
  Result<VersionManifest> load(const LoadRequest& request, const JobControl& control) override;
  Result<LoadPreview> preview(const LoadRequest& request, const fs::path& scratch,
                              const JobControl& control) override;
  Result<> verify_inputs(const DatasetId& id, VersionNumber number,
                         const std::function<Result<>(const VerifyInput&)>& consume,
                         const JobControl& control) override;
  Result<std::vector<ViewRow>> view_rows(const DatasetId& id, VersionNumber number,
                                         VariantIndex variant) override;
  Result<> cell_rows(const DatasetId& id, VersionNumber number, const CellRowsRequest& request,
                     const ConsumeStoredRow& consume, const JobControl& control) override;
  Result<> rejected_rows(const DatasetId& id, VersionNumber number, const std::string& group,
                         const ConsumeRejectedRow& consume, const JobControl& control) override;
  Result<> mark_verified(const DatasetId& id, VersionNumber number) override;
  Result<> publish(const DatasetId& id, const Publication& publication, int keep) override;

 private:
  [[nodiscard]] Layout layout(const DatasetId& id) const { return {root_, id}; }
  [[nodiscard]] Layout layout(const Dataset& dataset) const {
    return {root_, {dataset.domain, dataset.dataset}};
  }
  [[nodiscard]] Result<> switch_to(const Layout& layout, const Publication& publication);
  [[nodiscard]] Result<> clean_up(const Layout& layout, int keep);
  void step(std::string_view name) const {
    if (options_.at_step) options_.at_step(name);
  }

  fs::path root_;
  const Clock& clock_;
  EmbeddedOptions options_;
};

Result<std::vector<DatasetId>> EmbeddedWarehouse::datasets() {
  std::vector<DatasetId> ids;
  for (const std::string& domain : TRY(list_folder(root_))) {
    std::error_code ignored;
    if (!fs::is_directory(root_ / domain, ignored)) continue;
    for (const std::string& dataset : TRY(list_folder(root_ / domain))) {
      const DatasetId id{domain, dataset};
      if (fs::exists(layout(id).current(), ignored)) ids.push_back(id);
    }
  }
  return ids;
}

Result<std::unique_ptr<WriterLock>> EmbeddedWarehouse::lock(const DatasetId& id,
                                                            std::string_view task) {
  const Layout place = layout(id);
  if (std::error_code ignored; !fs::exists(place.folder(), ignored)) {
    TRY(create_folder(place.folder()));
    TRY(sync_path(place.folder().parent_path()));
    TRY(sync_path(root_));
  }
  auto lock = TRY(FileLock::acquire(place, task, clock_.now()));
  TRY(remove_leftovers(place));
  return std::make_unique<HeldLock>(std::move(lock), place.staging());
}

VersionSummary summarise(const Layout& place, VersionManifest manifest,
                         std::optional<VersionNumber> live,
                         const std::vector<Publication>& history) {
  VersionSummary summary;
  const VersionNumber number = manifest.version;
  std::ranges::copy_if(history, std::back_inserter(summary.publications),
                       [&](const Publication& entry) { return entry.version == number; });
  summary.live = live == number;
  if (is_verified(place, number)) summary.state = VersionState::kVerified;
  if (summary.live || !summary.publications.empty()) summary.state = VersionState::kPublished;
  summary.manifest = std::move(manifest);
  return summary;
}

Result<std::vector<VersionSummary>> EmbeddedWarehouse::versions(const DatasetId& id) {
  const Layout place = layout(id);
  const auto live = TRY(read_current(place));
  const auto history = TRY(read_publications(place));
  std::vector<VersionSummary> summaries;
  for (const VersionNumber number : TRY(list_versions(place))) {
    auto manifest = read_version(place, number);
    if (manifest) {
      summaries.push_back(summarise(place, *std::move(manifest), live, history));
    } else if (version_exists(place, number)) {
      return std::unexpected(std::move(manifest).error());
    }
  }
  return summaries;
}

Result<VersionSummary> EmbeddedWarehouse::version(const DatasetId& id, VersionNumber number) {
  const Layout place = layout(id);
  VersionManifest manifest = TRY(read_version(place, number));
  const auto live = TRY(read_current(place));
  return summarise(place, std::move(manifest), live, TRY(read_publications(place)));
}

Result<Snapshot> EmbeddedWarehouse::snapshot(const DatasetId& id, VersionNumber number) {
  const Layout place = layout(id);
  const VersionManifest manifest = TRY(read_version(place, number));
  return read_snapshot(place, manifest);
}

Result<fs::path> EmbeddedWarehouse::staging(const DatasetId& id, const std::string& run_id) {
  const fs::path wanted = layout(id).staging() / folder_name(run_id);
  fs::path folder = wanted;
  std::error_code ignored;
  for (int i = 2; fs::exists(folder, ignored); ++i)
    folder = fmt::format("{}-{}", wanted.string(), i);
  TRY(create_folder(folder));
  return folder;
}

Result<std::vector<PartFiles>> EmbeddedWarehouse::part_files(const DatasetId& id,
                                                             VersionNumber number,
                                                             std::span<const std::size_t> positions,
                                                             const fs::path& /*scratch*/,
                                                             const JobControl& /*control*/) {
  const Layout place = layout(id);
  return files_of_parts(place, TRY(read_version(place, number)).parts, positions);
}

Result<VersionManifest> EmbeddedWarehouse::load(const LoadRequest& request,
                                                const JobControl& control) {
  return load_version(layout(request.dataset), request, clock_, options_, control);
}

Result<LoadPreview> EmbeddedWarehouse::preview(const LoadRequest& request, const fs::path& scratch,
                                               const JobControl& control) {
  return preview_version(layout(request.dataset), request, scratch, options_, control);
}

Result<> EmbeddedWarehouse::verify_inputs(
    const DatasetId& id, VersionNumber number,
    const std::function<Result<>(const VerifyInput&)>& consume, const JobControl& control) {
  const Layout place = layout(id);
  VersionManifest manifest = TRY(read_version(place, number));
  const Snapshot held = TRY(read_snapshot(place, manifest));
  std::erase_if(manifest.parts,
                [&](const Part& part) { return part.verified_definition == manifest.definition; });
  auto connection = TRY(open_workspace(place.staging(), options_));
  return stream_inputs(connection, held.definition, processed_files(place, manifest.parts), consume,
                       control);
}

Result<std::vector<ViewRow>> EmbeddedWarehouse::view_rows(const DatasetId& id, VersionNumber number,
                                                          VariantIndex variant) {
  const Layout place = layout(id);
  const VersionManifest manifest = TRY(read_version(place, number));
  const Snapshot held = TRY(read_snapshot(place, manifest));
  return read_view_rows(place.version(number) / kDatabaseFile, dataset_of(held, manifest), variant);
}

Result<> EmbeddedWarehouse::cell_rows(const DatasetId& id, VersionNumber number,
                                      const CellRowsRequest& request,
                                      const ConsumeStoredRow& consume, const JobControl& control) {
  const Layout place = layout(id);
  const VersionManifest manifest = TRY(read_version(place, number));
  const Snapshot held = TRY(read_snapshot(place, manifest));
  auto connection = TRY(open_reader(options_));
  return stream_cell_rows(connection, held.definition, processed_files(place, manifest.parts),
                          request, consume, control);
}

Result<> EmbeddedWarehouse::rejected_rows(const DatasetId& id, VersionNumber number,
                                          const std::string& group,
                                          const ConsumeRejectedRow& consume,
                                          const JobControl& control) {
  const Layout place = layout(id);
  const VersionManifest manifest = TRY(read_version(place, number));
  const Snapshot held = TRY(read_snapshot(place, manifest));
  auto connection = TRY(open_reader(options_));
  return stream_rejected_rows(connection, held.definition, rejected_files(place, manifest.parts),
                              group, consume, control);
}

Result<> EmbeddedWarehouse::mark_verified(const DatasetId& id, VersionNumber number) {
  const Layout place = layout(id);
  const VersionManifest manifest = TRY(read_version(place, number));
  return replace_file(place.verified_marker(number),
                      fmt::format("{} {}\n", format_iso(clock_.now()), manifest.snapshot));
}

Result<> EmbeddedWarehouse::publish(const DatasetId& id, const Publication& publication, int keep) {
  const Layout place = layout(id);
  const VersionNumber number = publication.version;
  const VersionManifest manifest = TRY(read_version(place, number));
  const auto live = TRY(read_current(place));
  if (!is_verified(place, number)) {
    return fail(ErrorKind::kRefused, "version {} is not verified: run `voucher verify` first",
                number);
  }
  const auto history = TRY(read_publications(place));
  const bool rollback = std::ranges::find(history, number, &Publication::version) != history.end();
  if (live != number && !rollback && manifest.based_on != live) {
    return fail(ErrorKind::kRefused,
                "version {} was loaded on {}, but {} is live now: load its files again", number,
                manifest.based_on ? fmt::format("version {}", *manifest.based_on) : "nothing",
                live ? fmt::format("version {}", *live) : "nothing");
  }
  if (live != number) {
    Publication entry = publication;
    entry.replaced = live;
    entry.at = clock_.now();
    TRY(switch_to(place, entry));
  }
  // The version is live: what could not be cleaned up now is cleaned up after the next one.
  std::ignore = clean_up(place, keep);
  return {};
}

Result<> EmbeddedWarehouse::switch_to(const Layout& place, const Publication& publication) {
  step("note publication");
  TRY(append_publication(place, publication));
  step("switch version");
  auto switched = replace_current(place, publication.version);
  if (!switched) std::ignore = drop_unfinished_publication(place);
  return switched;
}

Result<> EmbeddedWarehouse::clean_up(const Layout& place, int keep) {
  const auto live = TRY(read_current(place));
  const auto history = TRY(read_publications(place));
  std::set<VersionNumber> needed;
  if (live) needed.insert(*live);
  if (!history.empty() && history.back().replaced) needed.insert(*history.back().replaced);
  for (const VersionNumber number : surplus_versions(TRY(list_versions(place)), needed, keep)) {
    step("remove version");
    TRY(remove_version(place, number));
  }
  step("remove files");
  return remove_unreferenced_files(place, clock_.now());
}

}  // namespace

std::unique_ptr<Warehouse> make_embedded_warehouse(const fs::path& root, const Clock& clock,
                                                   EmbeddedOptions options) {
  return std::make_unique<EmbeddedWarehouse>(absolute_root(root), clock, std::move(options));
}

Result<> relink_embedded_warehouse(const fs::path& root, const DatasetId& id) {
  const Layout place(absolute_root(root), id);
  if (TRY(list_versions(place)).empty()) {
    return fail(ErrorKind::kRefused, "nothing is loaded yet in {}: give the warehouse's new place",
                place.folder().string());
  }
  for (const VersionNumber number : TRY(list_versions(place))) {
    const VersionManifest manifest = TRY(read_version(place, number));
    const Snapshot snapshot = TRY(read_snapshot(place, manifest));
    const fs::path folder = place.version(number);
    const fs::path fresh = folder / fmt::format("{}{}", kUnfinishedPrefix, kDatabaseFile);
    TRY(remove_tree(fresh));
    TRY(write_version_database(fresh, place, snapshot, manifest));
    TRY(move_into_place(fresh, folder / kDatabaseFile));
  }
  return {};
}

}  // namespace voucher
