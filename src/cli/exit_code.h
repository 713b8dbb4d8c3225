// The one table of exit codes. (DESIGN: "Exit codes".)
#pragma once

#include "base/error.h"

namespace voucher {

enum class ExitCode {
  kDone = 0,
  kRefused = 1,
  kUsage = 2,
  kUnavailable = 3,
  kChanges = 10,  ///< a plan found changes
  kNothingNew = 99,
  kInterrupted = 130,
};

[[nodiscard]] constexpr ExitCode exit_code(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kRefused:
    case ErrorKind::kInternal: return ExitCode::kRefused;
    case ErrorKind::kUsage: return ExitCode::kUsage;
    case ErrorKind::kUnavailable: return ExitCode::kUnavailable;
    case ErrorKind::kInterrupted: return ExitCode::kInterrupted;
  }
  return ExitCode::kRefused;
}

}  // namespace voucher
