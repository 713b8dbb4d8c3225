// Which cells and groups of two snapshots choose another amount.
#pragma once

#include "decision/snapshot.h"
#include "report/plan_report.h"

namespace voucher {

/// Cells are paired by group (folded), variant (by name) and segment (pair_segments()).
[[nodiscard]] CellChanges compare_cells(const Snapshot& before, const Snapshot& after);

}  // namespace voucher
