#include "replay/targets.h"

#include <algorithm>

namespace voucher {

Result<const ReplayTarget*> VersionTargets::find(const DatasetId& id, VersionNumber version) {
  const std::pair key(id, version);
  const auto known = known_.find(key);
  if (known != known_.end()) return known->second.get();
  return known_.emplace(key, TRY(read(id, version))).first->second.get();
}

Result<std::unique_ptr<const ReplayTarget>> VersionTargets::read(const DatasetId& id,
                                                                 VersionNumber version) {
  const auto versions = TRY(warehouse_.versions(id));
  const auto found = std::ranges::find_if(versions, [version](const VersionSummary& summary) {
    return summary.manifest.version == version;
  });
  if (found == versions.end()) return nullptr;
  return std::make_unique<const ReplayTarget>(TRY(warehouse_.snapshot(id, version)),
                                              found->manifest.snapshot);
}

}  // namespace voucher
