// One HTTP request to another service. The adapter of libcurl: nothing else includes it.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/result.h"

namespace voucher {

struct HttpPost {
  std::string url;                          ///< http or https
  std::string_view body;                    ///< JSON
  std::string bearer_token;                 ///< empty: no Authorization header
  std::chrono::milliseconds timeout{5000};  ///< for all of it
};

/// Sends the body. kUnavailable where the service is not reached in time, its certificate does not
/// hold, or it answers with anything but 2xx. Redirects are not followed.
[[nodiscard]] Result<> post_json(const HttpPost& post);

}  // namespace voucher
