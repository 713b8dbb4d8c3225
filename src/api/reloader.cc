#include "api/reloader.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace voucher {

using std::chrono::steady_clock;

Reloader::Reloader(Warehouse& warehouse, Catalog& catalog, const Clock& clock,
                   ReloaderOptions options)
    : warehouse_(warehouse), catalog_(catalog), clock_(clock), options_(std::move(options)) {
  if (options_.only) watched_[*options_.only];
  replace_served();
}

Reloader::~Reloader() = default;

void Reloader::look() {
  note(look_at_all());
}

void Reloader::start() {
  thread_ = std::jthread([this](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      look();
      warehouse_.wait_for_news(options_.interval, stop);
    }
  });
}

ReloadStatistics Reloader::statistics() const {
  const std::lock_guard lock(mutex_);
  return statistics_;
}

/// Whether anything that is served has changed. One dataset's failure does not keep the others from
/// their news; the first failure is returned.
Result<bool> Reloader::look_at_all() {
  const std::size_t known = watched_.size();
  if (!options_.only) {
    for (DatasetId& id : TRY(warehouse_.datasets())) watched_[std::move(id)];
  }
  bool changed = watched_.size() != known;
  std::optional<Error> failure;
  for (auto& [id, watched] : watched_) {
    auto outcome = look_at(id, watched);
    if (outcome) changed = changed || *outcome;
    if (!outcome && !failure) {
      failure = with_context(std::move(outcome.error()), id.domain + "/" + id.dataset);
    }
  }
  if (changed) replace_served();
  if (failure) return std::unexpected(*std::move(failure));
  return changed;
}

Result<bool> Reloader::look_at(const DatasetId& id, Watched& watched) {
  const auto live = TRY(warehouse_.live(id));
  if (!live) {
    if (!watched.served) return false;
    return fail(ErrorKind::kUnavailable,
                "the published version is gone; version {} stays served from memory",
                watched.served->serving->version());
  }
  if (!watched.served || watched.served->serving->version() != *live) {
    const auto loaded = load(id, *live, watched);
    if (loaded) return true;
    // Replaced and removed while it was being read: the next look finds the one that is live then.
    if (TRY(warehouse_.live(id)) != live) return false;
    return std::unexpected(loaded.error());
  }
  watched.failed.reset();
  if (steady_clock::now() - watched.history_read < options_.history_interval) return false;
  const std::string before = watched.served->history->list.etag;
  TRY(read_history(id, watched));
  return before != watched.served->history->list.etag;
}

Result<> Reloader::load(const DatasetId& id, VersionNumber live, Watched& watched) {
  constexpr std::chrono::milliseconds kLongestPatience{5000};
  const auto now = steady_clock::now();
  if (watched.failed == live && now - watched.failed_at < watched.patience) {
    return std::unexpected(watched.failure);
  }
  const auto attempt = [&]() -> Result<> {
    const VersionSummary summary = TRY(warehouse_.version(id, live));
    Snapshot snapshot = TRY(warehouse_.snapshot(id, live));
    const auto decisions =
        watched.served ? watched.served->decisions : std::make_shared<DecisionCounters>();
    ServedDataset next{std::make_shared<const Serving>(id, std::move(snapshot), summary),
                       make_history(id, TRY(warehouse_.versions(id))), decisions};
    watched.served = std::move(next);
    return {};
  };
  auto outcome = attempt();
  if (!outcome) {
    // A broken version would be read in vain five times a second.
    const bool again = watched.failed == live;
    watched.patience = again ? std::min(watched.patience * 2, kLongestPatience) : options_.interval;
    watched.failed = live;
    watched.failure = outcome.error();
    watched.failed_at = now;
    return outcome;
  }
  watched.failed.reset();
  watched.history_read = now;
  {
    const std::lock_guard lock(mutex_);
    ++statistics_.reloads;
  }
  tell(ReloadEvent::kServing,
       fmt::format("{}/{}: version {} is served, snapshot sha256:{}", id.domain, id.dataset, live,
                   watched.served->serving->snapshot_hash()));
  return {};
}

Result<> Reloader::read_history(const DatasetId& id, Watched& watched) {
  watched.history_read = steady_clock::now();
  watched.served->history = make_history(id, TRY(warehouse_.versions(id)));
  return {};
}

void Reloader::replace_served() {
  std::vector<ServedDataset> datasets;
  std::vector<DatasetId> awaited;
  for (const auto& [id, watched] : watched_) {
    if (watched.served) {
      datasets.push_back(*watched.served);
    } else {
      awaited.push_back(id);
    }
  }
  catalog_.replace(make_served(std::move(datasets), std::move(awaited), options_.classic));
}

void Reloader::note(const Result<bool>& outcome) {
  std::string before;
  {
    const std::lock_guard lock(mutex_);
    before = std::exchange(statistics_.last_error, outcome ? "" : outcome.error().message);
    if (outcome) {
      statistics_.last_success = clock_.now();
    } else {
      ++statistics_.failures;
    }
  }
  if (!outcome && before.empty()) tell(ReloadEvent::kFailed, outcome.error().message);
  if (outcome && !before.empty()) tell(ReloadEvent::kRecovered, "the warehouse is read again");
}

void Reloader::tell(ReloadEvent event, std::string_view message) const {
  if (options_.log) options_.log(event, message);
}

}  // namespace voucher
