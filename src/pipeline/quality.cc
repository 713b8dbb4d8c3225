#include "pipeline/quality.h"

namespace voucher {
namespace {

std::string rejected_by_text(const RowCounts& rows) {
  std::string text;
  for (const auto& [reason, count] : rows.rejected_by)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", reason, count);
  return text;
}

}  // namespace

Result<> check_quality(const Dataset& dataset, const RowCounts& rows) {
  if (rows.processed == 0) {
    return fail(ErrorKind::kRefused,
                "no row of {} is left after cleaning: {} read, {} rejected ({})", dataset.id(),
                rows.raw, rows.rejected,
                rows.rejected > 0 ? rejected_by_text(rows) : "the files hold no rows");
  }
  const double share = static_cast<double>(rows.rejected) / static_cast<double>(rows.raw);
  if (share > dataset.clean.max_rejected_share) {
    return fail(ErrorKind::kRefused,
                "too many rejected rows: {} of {} ({:.1f} %), the definition allows {:.1f} % "
                "(clean.max_rejected_share): {}",
                rows.rejected, rows.raw, share * 100, dataset.clean.max_rejected_share * 100,
                rejected_by_text(rows));
  }
  return {};
}

}  // namespace voucher
