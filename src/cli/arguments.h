// What a command line may hold besides what CLI11 checks: defaults from voucher.yaml, and unknown
// flags with the nearest known name, reported before anything that is missing.
#pragma once

#include <CLI/CLI.hpp>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"

namespace voucher {

/// `arguments` with `--flag value` added for each default that the app knows, that is not in
/// `arguments` and whose environment twin is not set.
[[nodiscard]] std::vector<std::string> with_defaults(
    std::vector<std::string> arguments, const CLI::App& app,
    const std::map<std::string, std::string>& defaults);

/// kUsage for the first flag that `app` does not have.
[[nodiscard]] Result<> refuse_unknown_flags(const CLI::App& app,
                                            const std::vector<std::string>& arguments);

/// kUsage for what `app` could not place: the first unknown flag or surplus word.
[[nodiscard]] Result<> refuse_remaining(const CLI::App& app);

/// The long flag names of an app, with "--".
[[nodiscard]] std::vector<std::string> flag_names(const CLI::App& app);

}  // namespace voucher
