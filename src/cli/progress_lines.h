// Progress on stderr: a line that renews itself on a terminal, plain lines a few seconds apart
// elsewhere.
#pragma once

#include <chrono>
#include <string>

#include "base/progress.h"
#include "report/text_table.h"

namespace voucher {

class ProgressLines {
 public:
  explicit ProgressLines(bool enabled);

  /// Shows an event; flushed by line. One thread at a time.
  void show(const ProgressEvent& event);

 private:
  bool enabled_;
  bool terminal_;
  bool colours_;
  std::string stage_;
  std::chrono::steady_clock::time_point last_shown_;
};

}  // namespace voucher
