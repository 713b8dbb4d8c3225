// How a replay looks: counts, the first differences, and, against another state, what would change.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "replay/replay.h"

namespace voucher {

/// What a replay was run against, and how long it took.
struct ReplayFrame {
  std::string against;  ///< "version 7", "the working definition"; empty: the lines' own versions
  double seconds = 0;
};

[[nodiscard]] nlohmann::ordered_json replay_json(const ReplayReport& report,
                                                 const ReplayFrame& frame);

/// `with_moves`: what would change is told by reason, segment and money, not line by line.
[[nodiscard]] std::string replay_text(const ReplayReport& report, const ReplayFrame& frame,
                                      bool with_moves);

}  // namespace voucher
