// A plan for people: tables that fit a terminal, with the numbers that matter first.
#pragma once

#include <string>

#include "report/plan_report.h"

namespace voucher {

struct PlanTextOptions {
  /// Lines of a table at most; the rest is counted. JSON and HTML hold everything.
  std::size_t longest_table = 40;
};

[[nodiscard]] std::string plan_text(const PlanReport& report, const PlanTextOptions& options = {});

/// "2,640 (812 of 1,990, 40.8 %)"; "none" without a choice.
[[nodiscard]] std::string choice_text(const std::optional<Choice>& choice);

/// "customer/voucher: nothing changes against version 7" and what else a reader sees first.
[[nodiscard]] std::string plan_headline(const PlanReport& report);

}  // namespace voucher
