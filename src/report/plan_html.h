// A plan as one page that needs nothing beside itself: to be opened, mailed or kept.
#pragma once

#include <string>

#include "report/plan_report.h"

namespace voucher {

/// What the page says of its making.
struct PlanPageFacts {
  std::string made_at;  ///< ISO 8601
  std::string made_by;
};

[[nodiscard]] std::string plan_html(const PlanReport& report, const PlanPageFacts& facts);

}  // namespace voucher
