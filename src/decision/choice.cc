#include "decision/choice.h"

namespace voucher {

std::optional<Choice> choose(const AmountCounts& counts, const ChoicePolicy& policy) {
  Choice choice;
  // Amounts come in ascending order, so "more rows than" keeps the lowest amount of a tie.
  for (const auto& [amount, rows] : counts.by_amount) {
    choice.total += rows;
    if (rows > choice.support) {
      if (choice.support > 0) choice.runner_up = RunnerUp{choice.amount, choice.support};
      choice.amount = amount;
      choice.support = rows;
    } else if (!choice.runner_up || rows > choice.runner_up->support) {
      choice.runner_up = RunnerUp{amount, rows};
    }
  }
  if (choice.support == 0 || choice.support < policy.min_support) return std::nullopt;
  choice.tie = choice.runner_up && choice.runner_up->support == choice.support;
  return choice;
}

}  // namespace voucher
