// Errors as values. An Error names the thing that failed and says what to do about it; its kind
// tells a caller whether a retry makes sense. The tables that turn kinds into exit codes and HTTP
// statuses live in cli/ and api/.
#pragma once

#include <string>
#include <vector>

namespace voucher {

enum class ErrorKind {
  kRefused,      ///< the input or the definition is wrong: the same call fails again
  kUsage,        ///< the command line is wrong
  kUnavailable,  ///< not reachable, missing, unreadable, disk full, locked: a retry may succeed
  kInterrupted,  ///< the user or the scheduler asked to stop
  kInternal,     ///< a fault of this program
};

struct Error {
  ErrorKind kind = ErrorKind::kInternal;
  std::string message;               ///< one sentence: what happened, to which thing, what to do
  std::vector<std::string> details;  ///< one line each, e.g. every mistake of a definition
};

}  // namespace voucher
