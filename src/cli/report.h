// How results look: for people as text, for programs as JSON. Used by the commands that tell of
// versions.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "decision/snapshot.h"
#include "engine/engine.h"
#include "report/row_counts_json.h"
#include "report/text_table.h"
#include "warehouse/warehouse.h"

namespace voucher {

/// {variant:{label:count,…,"unsegmented":count}} in the definition's order.
[[nodiscard]] nlohmann::ordered_json variants_json(const Dataset& dataset,
                                                   const HistoryCounts& history);
[[nodiscard]] nlohmann::ordered_json stages_json(const std::vector<StageTime>& stages);
/// {"domain","dataset","version"}: what a document about one version starts with.
[[nodiscard]] nlohmann::ordered_json version_reference(const DatasetId& id, VersionNumber version);
/// A version as `versions --json` lists it.
[[nodiscard]] nlohmann::ordered_json version_json(const VersionSummary& version);

/// Row accounting as indented lines with shares.
[[nodiscard]] std::string rows_text(const RowCounts& rows);
/// A line for each variant.
[[nodiscard]] std::string variants_text(const Dataset& dataset, const HistoryCounts& history);
/// "transform 0.31 s · load 0.02 s".
[[nodiscard]] std::string stages_text(const std::vector<StageTime>& stages);

}  // namespace voucher
