// Where versions live. A version is loaded, then verified, then published; readers see published
// versions only, and always exactly one. Embedded (folders) and PostgreSQL are the two kinds.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/progress.h"
#include "base/result.h"
#include "decision/choice.h"
#include "decision/row.h"
#include "decision/snapshot.h"
#include "warehouse/cell_rows.h"
#include "warehouse/load_request.h"
#include "warehouse/manifest.h"

namespace voucher {

/// Names a dataset within a warehouse.
struct DatasetId {
  std::string domain;
  std::string dataset;
  friend auto operator<=>(const DatasetId&, const DatasetId&) = default;
};

/// One publication or rollback, newest last in a history.
struct Publication {
  VersionNumber version = 0;
  std::optional<VersionNumber> replaced;  ///< the version that was live before
  Timestamp at;
  std::string by;   ///< user@host
  std::string why;  ///< "run", "publish", "rollback", or the user's reason
};

struct VersionSummary {
  VersionManifest manifest;
  VersionState state = VersionState::kLoaded;
  bool live = false;
  std::vector<Publication> publications;  ///< of this version
};

/// One distinct input of a variant among rows to verify, with the label the engine stored for it.
struct VerifyInput {
  VariantIndex variant = 0;
  std::vector<Field> row;  ///< a field per column: the group, what the variant's value reads
                           ///< (timestamps cut to the UTC day); the others are missing
  std::optional<std::string_view> label;  ///< as stored; nullopt: unsegmented
  std::int64_t rows = 0;                  ///< rows that have this input
};

/// One row of a view: a labelled cell that has rows with an amount, as SQL readers see it.
struct ViewRow {
  std::string group;  ///< the most frequent spelling
  std::string segment;
  std::int64_t total = 0;        ///< rows with any amount
  std::optional<Choice> choice;  ///< nullopt (all its columns NULL): fewer than min_support rows
};

/// Held while a dataset is written; released when destroyed or when the process ends.
class WriterLock {
 public:
  virtual ~WriterLock() = default;
};

class Warehouse {
 public:
  virtual ~Warehouse() = default;

  /// Datasets that have a published version, sorted.
  [[nodiscard]] virtual Result<std::vector<DatasetId>> datasets() = 0;
  /// The writer lock, or kUnavailable saying who holds it since when and for which `task` (e.g.
  /// "run 2018-07-10", shown to whoever comes second). Also removes what a killed writer left.
  [[nodiscard]] virtual Result<std::unique_ptr<WriterLock>> lock(const DatasetId& id,
                                                                 std::string_view task) = 0;
  /// The live version's number; nullopt where nothing is published (also where the warehouse does
  /// not exist yet).
  [[nodiscard]] virtual Result<std::optional<VersionNumber>> live(const DatasetId& id) = 0;
  /// All kept versions, ascending.
  [[nodiscard]] virtual Result<std::vector<VersionSummary>> versions(const DatasetId& id) = 0;
  /// kRefused with the existing numbers where there is no such version.
  [[nodiscard]] virtual Result<VersionSummary> version(const DatasetId& id,
                                                       VersionNumber number) = 0;
  /// The snapshot of a version, checked against its name.
  [[nodiscard]] virtual Result<Snapshot> snapshot(const DatasetId& id, VersionNumber number) = 0;

  /// A folder on the warehouse's own file system for an engine's outputs, removed by the next
  /// writer if left. REQUIRES the lock.
  [[nodiscard]] virtual Result<std::filesystem::path> staging(const DatasetId& id,
                                                              const std::string& run_id) = 0;
  /// Parquet files of those parts of a version, in order: the warehouse's own, never to be changed,
  /// or exports into `scratch`.
  [[nodiscard]] virtual Result<std::vector<PartFiles>> part_files(
      const DatasetId& id, VersionNumber number, std::span<const std::size_t> positions,
      const std::filesystem::path& scratch, const JobControl& control) = 0;
  /// Makes a new, unpublished version of the live one's parts that are neither dropped nor written
  /// anew, of those written anew, and of a part of the transformed rows, less those that other
  /// parts hold; checks accounting; fsyncs. kRefused where a file is taken already, where another
  /// version than `request.based_on` is live, or where a part stays that another definition made.
  /// REQUIRES the lock.
  [[nodiscard]] virtual Result<VersionManifest> load(const LoadRequest& request,
                                                     const JobControl& control) = 0;
  /// What load() would make of the request, without making it: needs no lock, and writes into the
  /// folder `scratch` only, where some of the preview's files lie.
  [[nodiscard]] virtual Result<LoadPreview> preview(const LoadRequest& request,
                                                    const std::filesystem::path& scratch,
                                                    const JobControl& control) = 0;
  /// Streams every distinct input of the version's parts that are not yet verified under its
  /// definition. Stops at, and returns, the first error of `consume`. Views into text are valid
  /// during the call only.
  [[nodiscard]] virtual Result<> verify_inputs(
      const DatasetId& id, VersionNumber number,
      const std::function<Result<>(const VerifyInput&)>& consume, const JobControl& control) = 0;
  /// The rows of a variant's view in that version, ordered by folded group bytes, then the
  /// definition's order.
  [[nodiscard]] virtual Result<std::vector<ViewRow>> view_rows(const DatasetId& id,
                                                               VersionNumber number,
                                                               VariantIndex variant) = 0;
  /// Streams processed rows of a cell, `request.limit` at most: those with the first amount, then
  /// the others by amount (NULL last), equal ones by source_file's bytes and source_row (NULL
  /// last). Stops at, and returns, the first error of `consume`. Needs no lock.
  [[nodiscard]] virtual Result<> cell_rows(const DatasetId& id, VersionNumber number,
                                           const CellRowsRequest& request,
                                           const ConsumeStoredRow& consume,
                                           const JobControl& control) = 0;
  /// Streams all rejected rows whose original group, folded, is `group`, by source_file's bytes and
  /// source_row. The rest is as of cell_rows().
  [[nodiscard]] virtual Result<> rejected_rows(const DatasetId& id, VersionNumber number,
                                               const std::string& group,
                                               const ConsumeRejectedRow& consume,
                                               const JobControl& control) = 0;
  /// REQUIRES the lock, and that the version is loaded.
  [[nodiscard]] virtual Result<> mark_verified(const DatasetId& id, VersionNumber number) = 0;
  /// Makes a verified version live, atomically. kRefused where it is not verified, or where the
  /// live version is not the one it was based on (unless it is a rollback to a version published
  /// before). Then removes versions beyond `keep` (never the live one, nor the one that it
  /// replaced) and what no version names, never under a reader. Publishing the live version again
  /// changes nothing and succeeds. `publication.replaced` and `.at` are filled in here. REQUIRES
  /// the lock.
  [[nodiscard]] virtual Result<> publish(const DatasetId& id, const Publication& publication,
                                         int keep) = 0;

  /// Waits until something may have been published, at most `timeout`, or until stop is requested:
  /// a hint, never the truth. This one only waits.
  virtual void wait_for_news(std::chrono::milliseconds timeout, const std::stop_token& stop);
};

}  // namespace voucher
