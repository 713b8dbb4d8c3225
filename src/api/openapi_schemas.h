// JSON Schemas of bodies and answers, as the API's description needs them.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "api/serving.h"

namespace voucher {

/// Schemas of one dataset: its request, decision, classic answer, batch and batch answer, each
/// under its name of schema_name().
[[nodiscard]] nlohmann::ordered_json dataset_schemas(const Serving& serving);

/// "customer.voucher.Request".
[[nodiscard]] std::string schema_name(const DatasetId& id, std::string_view kind);

/// Schemas that all datasets share: errors, lists, health.
[[nodiscard]] nlohmann::ordered_json shared_schemas();

/// A request that the dataset's rules let pass, null where none was found.
[[nodiscard]] nlohmann::ordered_json example_request(const Serving& serving);

}  // namespace voucher
