// What the server allows a client: sizes, counts and deadlines. Plain values, set once at start.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string_view>

#include "http/message.h"

namespace voucher::http {

struct Limits {
  std::size_t request_line_bytes = 2048;  ///< without its CRLF
  std::size_t header_bytes = 8192;        ///< all field lines together, with their CRLFs
  std::size_t header_fields = 64;
  std::chrono::milliseconds read_deadline{5000};   ///< for a request's head, and again for its body
  std::chrono::milliseconds idle_deadline{15000};  ///< between requests
  std::chrono::milliseconds write_deadline{5000};  ///< for a client that does not read
  std::chrono::milliseconds drain_deadline{1000};  ///< after the last answer of a connection, with
  std::size_t drain_bytes = 65536;                 ///< at most so much read and dropped
  std::chrono::milliseconds stop_deadline{5000};   ///< for requests in flight at stop()
  std::size_t connections = 10000;                 ///< more are closed at once
};

/// Largest body a path may carry; asked when the head is complete, before a byte of the body is
/// kept. An empty function allows none.
using BodyLimit = std::function<std::size_t(Method method, std::string_view path)>;

}  // namespace voucher::http
