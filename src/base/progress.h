// What a long job tells while it runs, and how it is asked to stop. Whoever runs the job decides
// how (and whether) to show it; nothing below cli/ prints.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string_view>

namespace voucher {

struct ProgressEvent {
  std::string_view stage;       ///< e.g. "transform"; valid during the call only
  std::optional<double> share;  ///< 0..1 of the stage, where it is known
  std::int64_t rows = 0;        ///< rows done so far in the stage, 0 where not known
  bool finished = false;        ///< the last event of the stage
  double seconds = 0;           ///< since the stage began
};

/// Called from the thread that runs the job, a few times a second at most. Must not throw.
using ProgressSink = std::function<void(const ProgressEvent&)>;

/// What every long call takes: where progress goes (may be empty) and a token that asks it to stop,
/// after which it fails with kInterrupted and leaves nothing half-written.
struct JobControl {
  ProgressSink progress;
  std::stop_token stop;

  void report(const ProgressEvent& event) const {
    if (progress) progress(event);
  }
};

}  // namespace voucher
