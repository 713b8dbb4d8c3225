// `voucher.yaml`: a flat map from flags to their defaults, and nothing else.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace voucher {

/// Flag without dashes -> its default as written ("true", "7", "duckdb:warehouse").
using FlagDefaults = std::map<std::string, std::string>;

/// Parses the text of a `voucher.yaml`; one without content has no defaults. A key that is not
/// among `known_flags` is refused with the nearest; an empty list knows every flag. Fails with
/// kRefused and positioned details, as parse_definition does.
[[nodiscard]] Result<FlagDefaults> parse_flag_defaults(std::string_view yaml, std::string_view name,
                                                       std::span<const std::string> known_flags);

}  // namespace voucher
