// Datasets and versions as JSON, for those who ask what is served. Written when the state changes,
// never for a request.
#pragma once

#include <string>
#include <vector>

#include "decision/decide.h"
#include "warehouse/warehouse.h"

namespace voucher {

struct ServedDatasets;

/// One dataset: its definition, groups and cells with their choices, version and quality of the
/// last run.
[[nodiscard]] std::string describe_dataset(const DatasetId& id, const Decider& decider,
                                           const VersionSummary& summary);
/// All datasets in short.
[[nodiscard]] std::string describe_list(const ServedDatasets& served);
/// The versions of a dataset, newest first.
[[nodiscard]] std::string describe_versions(const DatasetId& id,
                                            const std::vector<VersionSummary>& versions);
/// One version with its files and stages.
[[nodiscard]] std::string describe_version(const VersionSummary& version);

}  // namespace voucher
