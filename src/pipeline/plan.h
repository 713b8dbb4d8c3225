// What a run would make of the live version, found by the stages of a run up to the one that
// changes anything. Takes no lock and writes nothing in the warehouse.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "engine/engine.h"
#include "pipeline/work.h"
#include "warehouse/warehouse.h"

namespace voucher {

/// The live version beside the one that a run would publish.
struct PlannedChange {
  DatasetId id;
  std::optional<VersionNumber> live;  ///< nullopt: nothing is published yet
  Snapshot before;                    ///< the live version's; without one, an empty history
  Snapshot after;                     ///< the one that a run would make
  std::vector<LabelMove> moves;       ///< from the one to the other
  std::vector<std::string> warnings;
};

/// Without inputs, the live version's own rows are judged. Fails as run_pipeline() would; kRefused
/// also where nothing is published and no input is named. A version that is published meanwhile
/// makes the plan one against the version that was live when it began.
[[nodiscard]] Result<PlannedChange> plan_run(const RunRequest& request, Engine& engine,
                                             Warehouse& warehouse, const JobControl& control);

}  // namespace voucher
