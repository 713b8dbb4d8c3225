// Watches a warehouse and serves what is published there: a new version is loaded beside the old
// one and takes its place at once. Whatever fails, the old one stays.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>

#include "api/metrics.h"
#include "api/serving.h"
#include "base/clock.h"
#include "warehouse/warehouse.h"

namespace voucher {

enum class ReloadEvent {
  kServing,    ///< a version went live
  kFailed,     ///< told once, then not again until a look is good
  kRecovered,  ///< the first good look after a failure
};

struct ReloaderOptions {
  std::optional<DatasetId> only{};          ///< nullopt: every dataset that has a published version
  std::optional<DatasetId> classic{};       ///< as for make_served()
  std::chrono::milliseconds interval{200};  ///< between looks, unless the warehouse has news sooner
  std::chrono::milliseconds history_interval{5000};  ///< how old lists of versions may be
  /// Called by whoever looks, one call at a time; may be empty.
  std::function<void(ReloadEvent event, std::string_view message)> log{};
};

class Reloader {
 public:
  /// All must outlive the reloader. While it runs nobody else uses the warehouse object.
  Reloader(Warehouse& warehouse, Catalog& catalog, const Clock& clock, ReloaderOptions options);
  /// Stops and joins the thread.
  ~Reloader();
  Reloader(const Reloader&) = delete;
  Reloader& operator=(const Reloader&) = delete;

  /// Looks at the warehouse once, in this thread. REQUIRES: not started.
  void look();
  /// Goes on looking, in a thread of its own, until destroyed.
  void start();
  /// Any thread.
  [[nodiscard]] ReloadStatistics statistics() const;

 private:
  using Instant = std::chrono::steady_clock::time_point;

  /// What is known about one dataset.
  struct Watched {
    std::optional<ServedDataset> served;
    Instant history_read;
    std::optional<VersionNumber> failed;    ///< the version that could not be loaded last
    Error failure;                          ///< and why
    std::chrono::milliseconds patience{0};  ///< how long it is left alone
    Instant failed_at;
  };

  [[nodiscard]] Result<bool> look_at_all();
  [[nodiscard]] Result<bool> look_at(const DatasetId& id, Watched& watched);
  [[nodiscard]] Result<> load(const DatasetId& id, VersionNumber live, Watched& watched);
  [[nodiscard]] Result<> read_history(const DatasetId& id, Watched& watched);
  void replace_served();
  void note(const Result<bool>& outcome);
  void tell(ReloadEvent event, std::string_view message) const;

  Warehouse& warehouse_;
  Catalog& catalog_;
  const Clock& clock_;
  const ReloaderOptions options_;
  std::map<DatasetId, Watched> watched_;
  mutable std::mutex mutex_;  ///< guards statistics_
  ReloadStatistics statistics_;
  std::jthread thread_;
};

}  // namespace voucher
