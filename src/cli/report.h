// How results look: for people as text, for programs as JSON. Used by the commands that tell of
// versions.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "decision/snapshot.h"
#include "engine/engine.h"
#include "warehouse/warehouse.h"

namespace voucher {

/// {"raw","processed","rejected","duplicates","rejected_by":{…}}.
[[nodiscard]] nlohmann::ordered_json rows_json(const RowCounts& rows);
/// {variant:{label:count,…,"unsegmented":count}} in the definition's order.
[[nodiscard]] nlohmann::ordered_json variants_json(const Dataset& dataset,
                                                   const HistoryCounts& history);
[[nodiscard]] nlohmann::ordered_json stages_json(const std::vector<StageTime>& stages);
/// {"domain","dataset","version"}: what a document about one version starts with.
[[nodiscard]] nlohmann::ordered_json version_reference(const DatasetId& id, VersionNumber version);
/// A version as `versions --json` lists it.
[[nodiscard]] nlohmann::ordered_json version_json(const VersionSummary& version);
/// "sha256:…" of a bare hash.
[[nodiscard]] std::string named_hash(const std::string& hash);

/// Row accounting as indented lines with shares.
[[nodiscard]] std::string rows_text(const RowCounts& rows);
/// A line for each variant.
[[nodiscard]] std::string variants_text(const Dataset& dataset, const HistoryCounts& history);
/// "transform 0.31 s · load 0.02 s".
[[nodiscard]] std::string stages_text(const std::vector<StageTime>& stages);

/// Columns padded to the width of their widest cell; the first row is the head. Cells of numbers go
/// right.
[[nodiscard]] std::string table_text(const std::vector<std::vector<std::string>>& rows);

}  // namespace voucher
