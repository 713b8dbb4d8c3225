#include "warehouse/published_snapshot.h"

namespace voucher {

Result<std::optional<PublishedSnapshot>> read_published_snapshot(Warehouse& warehouse,
                                                                 const DatasetId& id) {
  std::optional<VersionNumber> live = TRY(warehouse.live(id));
  while (live) {
    auto snapshot = warehouse.snapshot(id, *live);
    if (snapshot) return PublishedSnapshot{*live, *std::move(snapshot)};
    const std::optional<VersionNumber> now_live = TRY(warehouse.live(id));
    if (now_live == live) return std::unexpected(std::move(snapshot).error());
    live = now_live;
  }
  return std::nullopt;
}

}  // namespace voucher
