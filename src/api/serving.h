// What is served: of each dataset one published version, ready to decide, and the history of its
// versions. All of it is immutable; a change is a new state that takes the old one's place.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/answers.h"
#include "api/decision_request.h"
#include "api/page.h"
#include "api/striped_counter.h"
#include "decision/decide.h"
#include "warehouse/warehouse.h"

namespace voucher {

/// Decisions given, by reason (the order of DecisionReason).
using DecisionCounters = StripedCounters<3>;

/// One published version of a dataset, ready to decide.
class Serving {
 public:
  Serving(DatasetId id, Snapshot snapshot, const VersionSummary& summary);
  ~Serving() = default;
  Serving(const Serving&) = delete;
  Serving& operator=(const Serving&) = delete;

  [[nodiscard]] const DatasetId& id() const { return id_; }
  [[nodiscard]] VersionNumber version() const { return version_; }
  [[nodiscard]] const std::string& snapshot_hash() const { return snapshot_hash_; }
  [[nodiscard]] Timestamp loaded_at() const { return loaded_at_; }
  [[nodiscard]] const Decider& decider() const { return decider_; }
  [[nodiscard]] const Dataset& dataset() const { return decider_.dataset(); }
  [[nodiscard]] const RequestFields& fields() const { return fields_; }
  [[nodiscard]] const PreparedAnswers& answers() const { return answers_; }
  /// Version and snapshot, with quotes.
  [[nodiscard]] const std::string& etag() const { return etag_; }
  /// Definition, cells, version and quality of the last run, as JSON.
  [[nodiscard]] const std::string& description() const { return description_; }

 private:
  DatasetId id_;
  VersionNumber version_;
  std::string snapshot_hash_;
  Timestamp loaded_at_;
  std::string etag_;
  Decider decider_;
  RequestFields fields_;
  PreparedAnswers answers_;
  std::string description_;
};

/// The versions that a dataset has, as JSON.
struct History {
  Page list;
  std::map<VersionNumber, Page> versions;
};

[[nodiscard]] std::shared_ptr<const History> make_history(
    const DatasetId& id, const std::vector<VersionSummary>& versions);

struct ServedDataset {
  std::shared_ptr<const Serving> serving;
  std::shared_ptr<const History> history;
  std::shared_ptr<DecisionCounters> decisions;  ///< kept over all versions of the dataset
};

/// Everything that is served at one time.
struct ServedDatasets {
  std::vector<ServedDataset> datasets;     ///< sorted by id
  std::vector<DatasetId> awaited;          ///< asked for or seen, without a snapshot yet
  const ServedDataset* classic = nullptr;  ///< one of `datasets`
  bool classic_awaited = false;            ///< the classic dataset may still come
  Page list;
  Page openapi;

  [[nodiscard]] const ServedDataset* find(std::string_view domain, std::string_view dataset) const;
  /// Whether a dataset that find() does not know may still come.
  [[nodiscard]] bool awaits(std::string_view domain, std::string_view dataset) const;
};

/// A complete state. `classic` is the dataset of the classic endpoint; without it, customer/voucher
/// or else the only dataset.
[[nodiscard]] std::shared_ptr<const ServedDatasets> make_served(
    std::vector<ServedDataset> datasets, std::vector<DatasetId> awaited,
    const std::optional<DatasetId>& classic);

/// The state that requests are answered from. Reading takes no lock unless it has changed: each
/// thread keeps the one it saw last, so an old state lives until every thread has served again.
class Catalog {
 public:
  Catalog();
  ~Catalog() = default;
  Catalog(const Catalog&) = delete;
  Catalog& operator=(const Catalog&) = delete;

  /// The newest state. The reference is good until this thread's next call for any Catalog.
  [[nodiscard]] const ServedDatasets& current() const;
  /// Makes `served` the newest state; any thread.
  void replace(std::shared_ptr<const ServedDatasets> served);

 private:
  std::atomic<std::uint64_t> generation_{0};  ///< unique over all catalogs
  mutable std::mutex mutex_;
  std::shared_ptr<const ServedDatasets> served_;
};

}  // namespace voucher
