// A picture of how rows flow from segments to segments, as SVG.
#pragma once

#include <string>

#include "report/plan_report.h"

namespace voucher {

/// Segments of the live version on the left, planned ones on the right, ribbons between them as
/// thick as they have rows; those that move stand out. Classes name what is drawn: the page that
/// holds it gives colours. Empty where the variant has no rows.
[[nodiscard]] std::string flow_picture(const VariantMoves& variant);

/// Text with the characters that mean something in HTML escaped.
[[nodiscard]] std::string html_text(std::string_view text);

}  // namespace voucher
