// What a run, or the plan of one, does before it meets the warehouse: it finds what is new, reads
// it, and has the outputs ready to load. A plan looks at them, a run loads them: the same stages.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "engine/engine.h"
#include "warehouse/warehouse.h"

namespace voucher {

/// What to do with a file whose path the live version holds with other content.
enum class ChangedFile {
  kRefuse,
  kReplace,  ///< the old content's rows leave
  kAppend,   ///< they stay: the new content is another file
};

struct RunRequest {
  Dataset dataset;
  std::vector<std::string> inputs;  ///< --input arguments; none: only what the live version holds
  bool full_refresh = false;        ///< the version holds exactly these files
  std::string run_id;
  std::string by;  ///< user@host
  ChangedFile changed_files = ChangedFile::kRefuse;
};

struct PreparedWork {
  /// Ready for Warehouse::load() or preview(); its files lie in the scratch folder.
  LoadRequest load;
  bool nothing_new = false;  ///< the live version would stay as it is: there is nothing to load
  std::vector<std::string> warnings;
};

/// Reads what is new against the live version into `scratch`, an existing empty folder. kRefused:
/// the rows read are too poor (check_quality), a known path has other content and the request
/// refuses that, or a file that has to be read again is gone or changed; else as
/// Engine::transform() and resolve_inputs().
[[nodiscard]] Result<PreparedWork> prepare_work(const RunRequest& request,
                                                const std::optional<VersionManifest>& live,
                                                Engine& engine, Warehouse& warehouse,
                                                const std::filesystem::path& scratch,
                                                const JobControl& control);

/// The live version's manifest; nullopt where nothing is published.
[[nodiscard]] Result<std::optional<VersionManifest>> read_live_manifest(Warehouse& warehouse,
                                                                        const DatasetId& id);

}  // namespace voucher
