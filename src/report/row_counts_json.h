// Row accounting and hashes as every JSON document shows them.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "decision/counts.h"

namespace voucher {

/// {"raw","processed","rejected","duplicates","rejected_by":{…}}.
[[nodiscard]] nlohmann::ordered_json rows_json(const RowCounts& rows);
/// "sha256:…" of a bare hash.
[[nodiscard]] std::string named_hash(const std::string& hash);

}  // namespace voucher
