// When the outcome of reading files is too poor to be used.
#pragma once

#include "base/result.h"
#include "decision/counts.h"
#include "model/dataset.h"

namespace voucher {

/// Refuses rows none of which was processed, or with a larger share rejected than
/// clean.max_rejected_share.
[[nodiscard]] Result<> check_quality(const Dataset& dataset, const RowCounts& rows);

}  // namespace voucher
