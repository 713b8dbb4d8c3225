// What a server needs of a warehouse: the live version's snapshot, however often versions change
// meanwhile.
#pragma once

#include <optional>

#include "warehouse/warehouse.h"

namespace voucher {

struct PublishedSnapshot {
  VersionNumber version = 0;
  Snapshot snapshot;
};

/// The live version and its snapshot; nullopt where nothing is published. A version that is
/// replaced and removed while it is being read is no error: the one live then is read instead.
[[nodiscard]] Result<std::optional<PublishedSnapshot>> read_published_snapshot(Warehouse& warehouse,
                                                                               const DatasetId& id);

}  // namespace voucher
