// A run: transform, load, verify and publish in one go, or nothing. Until the last step the old
// version is served, and a run that fails leaves no trace but its error.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "engine/engine.h"
#include "pipeline/verify.h"
#include "pipeline/work.h"
#include "warehouse/warehouse.h"

namespace voucher {

struct RunOutcome {
  bool published = false;        ///< false: nothing new, nothing written
  VersionManifest manifest;      ///< of the live version
  Snapshot snapshot;             ///< of the live version
  RowCounts new_rows;            ///< of this run alone
  std::vector<SourceFile> read;  ///< the raw files that this run read
  std::vector<StageTime> stages;
  std::optional<VerifyOutcome> verified;
  std::vector<std::string> warnings;
};

/// Runs the pipeline. Files whose content the live version holds are not read again, unless
/// full_refresh or the definition changed: then all its files are. kRefused and kUnavailable leave
/// the live version as it was.
[[nodiscard]] Result<RunOutcome> run_pipeline(const RunRequest& request, Engine& engine,
                                              Warehouse& warehouse, const JobControl& control);

}  // namespace voucher
