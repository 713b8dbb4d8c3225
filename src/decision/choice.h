// The most used voucher of a set of rows.
#pragma once

#include <cstdint>
#include <optional>

#include "decision/counts.h"

namespace voucher {

struct RunnerUp {
  std::int64_t amount = 0;
  std::int64_t support = 0;
  friend bool operator==(const RunnerUp&, const RunnerUp&) = default;
};

struct Choice {
  std::int64_t amount = 0;
  std::int64_t support = 0;  ///< rows with that amount
  std::int64_t total = 0;    ///< rows with any amount
  std::optional<RunnerUp> runner_up;
  bool tie = false;  ///< the runner-up has as many rows
  [[nodiscard]] double share() const {
    return static_cast<double>(support) / static_cast<double>(total);
  }
  friend bool operator==(const Choice&, const Choice&) = default;
};

/// Highest count, ties to the lowest amount; the runner-up is the second in that order. nullopt
/// where no row has an amount or the best has fewer than `min_support` rows.
[[nodiscard]] std::optional<Choice> choose(const AmountCounts& counts, const ChoicePolicy& policy);

}  // namespace voucher
