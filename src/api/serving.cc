#include "api/serving.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "api/describe.h"
#include "api/openapi.h"

namespace voucher {

Serving::Serving(DatasetId id, Snapshot snapshot, const VersionSummary& summary)
    : id_(std::move(id)),
      version_(summary.manifest.version),
      snapshot_hash_(summary.manifest.snapshot),
      loaded_at_(summary.manifest.loaded_at),
      etag_(fmt::format("\"{}-{}\"", version_, snapshot_hash_)),
      decider_(std::move(snapshot)),
      fields_(decider_.dataset()),
      answers_(decider_, version_, snapshot_hash_),
      description_(describe_dataset(id_, decider_, summary)) {}

std::shared_ptr<const History> make_history(const DatasetId& id,
                                            const std::vector<VersionSummary>& versions) {
  auto history = std::make_shared<History>();
  history->list = make_page(describe_versions(id, versions));
  for (const VersionSummary& version : versions) {
    const VersionManifest& manifest = version.manifest;
    history->versions[manifest.version] = make_page(
        describe_version(version), fmt::format("{}-{}", manifest.version, manifest.snapshot));
  }
  return history;
}

const ServedDataset* ServedDatasets::find(std::string_view domain, std::string_view dataset) const {
  for (const ServedDataset& served : datasets) {
    const DatasetId& id = served.serving->id();
    if (id.dataset == dataset && id.domain == domain) return &served;
  }
  return nullptr;
}

bool ServedDatasets::awaits(std::string_view domain, std::string_view dataset) const {
  if (datasets.empty() && awaited.empty()) return true;
  return std::ranges::any_of(
      awaited, [&](const DatasetId& id) { return id.domain == domain && id.dataset == dataset; });
}

std::shared_ptr<const ServedDatasets> make_served(std::vector<ServedDataset> datasets,
                                                  std::vector<DatasetId> awaited,
                                                  const std::optional<DatasetId>& classic) {
  auto served = std::make_shared<ServedDatasets>();
  served->datasets = std::move(datasets);
  served->awaited = std::move(awaited);
  std::ranges::sort(served->datasets, {},
                    [](const ServedDataset& one) -> const DatasetId& { return one.serving->id(); });
  const DatasetId wanted = classic.value_or(DatasetId{"customer", "voucher"});
  served->classic = served->find(wanted.domain, wanted.dataset);
  if (served->classic == nullptr && !classic && served->datasets.size() == 1) {
    served->classic = served->datasets.data();
  }
  served->classic_awaited = classic || served->datasets.empty();
  served->list = make_page(describe_list(*served));
  served->openapi = make_page(openapi_document(*served));
  return served;
}

namespace {

/// What a thread saw last. Generations are never used again, so one entry serves all catalogs.
struct Seen {
  std::uint64_t generation = 0;
  std::shared_ptr<const ServedDatasets> served;
};

std::uint64_t next_generation() {
  static std::atomic<std::uint64_t> last{0};
  return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

}  // namespace

Catalog::Catalog() {
  replace(make_served({}, {}, std::nullopt));
}

const ServedDatasets& Catalog::current() const {
  thread_local Seen seen;
  if (seen.generation != generation_.load(std::memory_order_acquire)) [[unlikely]] {
    const std::lock_guard lock(mutex_);
    seen.generation = generation_.load(std::memory_order_relaxed);
    seen.served = served_;
  }
  return *seen.served;
}

void Catalog::replace(std::shared_ptr<const ServedDatasets> served) {
  {
    const std::lock_guard lock(mutex_);
    served_.swap(served);
    generation_.store(next_generation(), std::memory_order_release);
  }
  // The old state, if this was its last owner, goes outside the lock.
}

}  // namespace voucher
