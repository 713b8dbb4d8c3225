// The steps of a run one by one, for schedulers that retry each on its own: load, publish and
// rollback.
#pragma once

#include <filesystem>
#include <string>

#include "base/progress.h"
#include "base/result.h"
#include "warehouse/warehouse.h"

namespace voucher {

struct LoadFolderRequest {
  Dataset dataset;
  std::filesystem::path folder;  ///< outputs of `transform`; copied, not taken
  bool full_refresh = false;
  std::string run_id;
  std::string by;
  bool append = false;  ///< a file that changed since it was taken is another file
};

/// Loads the outputs in a folder as a new, unpublished version. kRefused where they were made under
/// another definition, or a file of theirs is taken already.
[[nodiscard]] Result<VersionManifest> load_folder(const LoadFolderRequest& request,
                                                  Warehouse& warehouse, const JobControl& control);

/// The newest version that was never published; kRefused where there is
/// none.
[[nodiscard]] Result<VersionNumber> newest_unpublished(Warehouse& warehouse, const DatasetId& id);

/// Makes `version` live under the writer lock. `why` stands in the history.
[[nodiscard]] Result<> publish_version(Warehouse& warehouse, const DatasetId& id,
                                       VersionNumber version, const std::string& by,
                                       const std::string& why, int keep);

/// The version that was live before the live one; kRefused where there is none.
[[nodiscard]] Result<VersionNumber> previous_version(Warehouse& warehouse, const DatasetId& id);

}  // namespace voucher
