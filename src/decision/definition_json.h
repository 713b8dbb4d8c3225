// The deciding half of a definition as canonical JSON, and back. Its text is what definition_hash()
// hashes, so two definitions that decide alike have the same hash however their YAML is written.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "base/result.h"
#include "model/dataset.h"

namespace voucher {

/// `source`, `clean` (without max_rejected_share), `variants` and `decision`, with defaults filled
/// in, sorted keys and integers only. Columns are named, not numbered.
[[nodiscard]] nlohmann::json deciding_json(const Dataset& dataset);

/// Whether rows that one of the definitions made are those that the other makes, but for their
/// labels: `source` and `clean` decide alike.
[[nodiscard]] bool makes_same_rows(const Dataset& one, const Dataset& other);

/// The dataset that deciding_json() came from, with everything else at its default. Fails with
/// kRefused; may also throw nlohmann::json::exception where a key is missing or of another type:
/// parse_snapshot() catches it.
[[nodiscard]] Result<Dataset> dataset_from_deciding_json(const nlohmann::json& document);

}  // namespace voucher
