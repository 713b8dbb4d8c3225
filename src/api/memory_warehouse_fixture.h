// For tests and benchmarks: a warehouse in memory that holds published versions and nothing else,
// so that they need no disk and no engine. Only what serving reads is there; the rest fails.
#pragma once

#include <fmt/format.h>

#include <map>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/hash.h"
#include "warehouse/warehouse.h"

namespace voucher {

class MemoryWarehouse final : public Warehouse {
 public:
  using Warehouse::publish;

  /// Adds a version (numbers count from 1) and makes it live.
  VersionNumber publish(const DatasetId& id, const Snapshot& snapshot) {
    const std::lock_guard lock(mutex_);
    Kept& kept = datasets_[id];
    VersionSummary summary;
    summary.manifest.domain = id.domain;
    summary.manifest.dataset = id.dataset;
    summary.manifest.version = static_cast<VersionNumber>(kept.versions.size()) + 1;
    summary.manifest.snapshot = sha256_hex(to_canonical_json(snapshot));
    summary.manifest.definition = definition_hash(snapshot.definition);
    summary.manifest.engine = "memory";
    summary.manifest.loaded_at = midnight(to_day({2018, 7, 1}));
    summary.manifest.rows = snapshot.rows;
    summary.state = VersionState::kPublished;
    kept.versions.emplace_back(std::move(summary), snapshot);
    return set_live(kept, kept.versions.back().first.manifest.version);
  }

  void roll_back(const DatasetId& id, VersionNumber number) {
    const std::lock_guard lock(mutex_);
    set_live(datasets_[id], number);
  }

  /// From now on every call fails with `message`, until it is empty.
  void break_with(std::string message) {
    const std::lock_guard lock(mutex_);
    broken_ = std::move(message);
  }

  /// The snapshot of that version can no longer be read.
  void damage(const DatasetId& id, VersionNumber number) {
    const std::lock_guard lock(mutex_);
    datasets_[id].damaged.insert(number);
  }

  Result<std::vector<DatasetId>> datasets() override {
    const std::lock_guard lock(mutex_);
    if (!broken_.empty()) return fail(ErrorKind::kUnavailable, "{}", broken_);
    std::vector<DatasetId> ids;
    for (const auto& [id, kept] : datasets_) ids.push_back(id);
    return ids;
  }

  Result<std::optional<VersionNumber>> live(const DatasetId& id) override {
    const std::lock_guard lock(mutex_);
    if (!broken_.empty()) return fail(ErrorKind::kUnavailable, "{}", broken_);
    const auto found = datasets_.find(id);
    if (found == datasets_.end() || found->second.live == 0) return std::nullopt;
    return found->second.live;
  }

  Result<std::vector<VersionSummary>> versions(const DatasetId& id) override {
    const std::lock_guard lock(mutex_);
    std::vector<VersionSummary> summaries;
    for (const auto& [summary, snapshot] : datasets_[id].versions) summaries.push_back(summary);
    return summaries;
  }

  Result<VersionSummary> version(const DatasetId& id, VersionNumber number) override {
    const std::lock_guard lock(mutex_);
    return datasets_[id].versions.at(static_cast<std::size_t>(number - 1)).first;
  }

  Result<Snapshot> snapshot(const DatasetId& id, VersionNumber number) override {
    const std::lock_guard lock(mutex_);
    const Kept& kept = datasets_[id];
    if (kept.damaged.contains(number)) return fail(ErrorKind::kRefused, "snapshot is damaged");
    return kept.versions.at(static_cast<std::size_t>(number - 1)).second;
  }

  Result<std::unique_ptr<WriterLock>> lock(const DatasetId&, std::string_view) override {
    return read_only();
  }
  Result<std::filesystem::path> staging(const DatasetId&, const std::string&) override {
    return read_only();
  }
  Result<std::vector<PartFiles>> part_files(const DatasetId&, VersionNumber,
                                            std::span<const std::size_t>,
                                            const std::filesystem::path&,
                                            const JobControl&) override {
    return read_only();
  }
  Result<VersionManifest> load(const LoadRequest&, const JobControl&) override {
    return read_only();
  }
  Result<LoadPreview> preview(const LoadRequest&, const std::filesystem::path&,
                              const JobControl&) override {
    return read_only();
  }
  Result<> verify_inputs(const DatasetId&, VersionNumber,
                         const std::function<Result<>(const VerifyInput&)>&,
                         const JobControl&) override {
    return read_only();
  }
  Result<std::vector<ViewRow>> view_rows(const DatasetId&, VersionNumber, VariantIndex) override {
    return read_only();
  }
  Result<> cell_rows(const DatasetId&, VersionNumber, const CellRowsRequest&,
                     const ConsumeStoredRow&, const JobControl&) override {
    return read_only();
  }
  Result<> rejected_rows(const DatasetId&, VersionNumber, const std::string&,
                         const ConsumeRejectedRow&, const JobControl&) override {
    return read_only();
  }
  Result<> mark_verified(const DatasetId&, VersionNumber) override { return read_only(); }
  Result<> publish(const DatasetId&, const Publication&, int) override { return read_only(); }

 private:
  struct Kept {
    std::vector<std::pair<VersionSummary, Snapshot>> versions;
    VersionNumber live = 0;
    std::set<VersionNumber> damaged;
  };

  static std::unexpected<Error> read_only() {
    return fail(ErrorKind::kRefused, "a warehouse in memory is not written through its interface");
  }

  static VersionNumber set_live(Kept& kept, VersionNumber number) {
    for (auto& [summary, snapshot] : kept.versions) {
      summary.live = summary.manifest.version == number;
      if (summary.live) {
        summary.publications.push_back(
            {.version = number,
             .replaced = kept.live == 0 ? std::nullopt : std::optional(kept.live),
             .at = midnight(to_day({2018, 7, 2})),
             .by = "tester@host",
             .why = "publish"});
      }
    }
    kept.live = number;
    return number;
  }

  std::mutex mutex_;
  std::string broken_;
  std::map<DatasetId, Kept> datasets_;
};

}  // namespace voucher
