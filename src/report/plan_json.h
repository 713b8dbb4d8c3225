// A plan for programs.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "report/plan_report.h"

namespace voucher {

/// All of a report. A segment is its label, "unsegmented", or null where rows are not processed or
/// there is no such segment.
[[nodiscard]] nlohmann::ordered_json plan_json(const PlanReport& report);

}  // namespace voucher
