// The proof that stands between a loaded version and its publication: every distinct input of the
// new rows goes through the very code that serves, and every choice is recomputed and compared with
// the warehouse's views.
#pragma once

#include "base/progress.h"
#include "base/result.h"
#include "warehouse/warehouse.h"

namespace voucher {

struct VerifyOutcome {
  std::int64_t inputs = 0;   ///< distinct inputs decided
  std::int64_t rows = 0;     ///< rows they stand for, once for each variant
  std::int64_t choices = 0;  ///< choices compared
  double seconds = 0;
};

/// Verifies a version and marks it so. kRefused where a label or a choice differs: Error::details
/// has the first differences, and the version stays unpublished. REQUIRES the writer lock.
[[nodiscard]] Result<VerifyOutcome> verify_version(Warehouse& warehouse, const DatasetId& id,
                                                   VersionNumber version,
                                                   const JobControl& control);

}  // namespace voucher
