// The versions of a warehouse as what a replay decides by.
#pragma once

#include <map>
#include <memory>
#include <utility>

#include "base/result.h"
#include "replay/replay.h"
#include "warehouse/warehouse.h"

namespace voucher {

/// Reads each version once, when a line first names it.
class VersionTargets {
 public:
  /// The warehouse must outlive it.
  explicit VersionTargets(Warehouse& warehouse) : warehouse_(warehouse) {}

  /// nullptr where the warehouse has no such version.
  [[nodiscard]] Result<const ReplayTarget*> find(const DatasetId& id, VersionNumber version);

 private:
  [[nodiscard]] Result<std::unique_ptr<const ReplayTarget>> read(const DatasetId& id,
                                                                 VersionNumber version);

  Warehouse& warehouse_;
  std::map<std::pair<DatasetId, VersionNumber>, std::unique_ptr<const ReplayTarget>> known_;
};

}  // namespace voucher
