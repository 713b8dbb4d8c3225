// "Did you mean …": the candidate nearest to a misspelt name.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace voucher {

/// The candidate with the smallest edit distance, if it is near enough to be a likely slip
/// (at most a third of the longer name, at least one edit). Ties: the earlier candidate.
[[nodiscard]] std::optional<std::string> nearest_name(std::string_view name,
                                                      std::span<const std::string> candidates);

/// " (did you mean 'x'?)", or nothing where no candidate is near.
[[nodiscard]] std::string did_you_mean(std::string_view name,
                                       std::span<const std::string> candidates);

}  // namespace voucher
