// From argv to a command and its exit code.
#pragma once

#include <string_view>

#include "base/error.h"

namespace voucher {

/// Prints an error with its details on stderr; returns its exit code.
int report_error(std::string_view program, const Error& error);

/// Runs `voucher`. Results on stdout, errors and progress on stderr.
[[nodiscard]] int run_voucher(int argc, const char* const* argv);

/// Runs `voucher_etl`, the classic entry point: RAW/<domain>/<dataset>/ to CSV in
/// PROCESSED/<domain>/<dataset>/.
[[nodiscard]] int run_voucher_etl(int argc, const char* const* argv);

}  // namespace voucher
