// An HTTP/1.1 server for loopback and trusted networks: one thread and one event loop per core,
// strict parsing, bounded everything. Requests are handed to one handler, which must not block.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "http/limits.h"
#include "http/message.h"

namespace voucher::http {

/// Fills the response. Called on any of the server's threads, several at once. Must not throw or
/// block.
using Handler = std::function<void(const Request& request, Response& response)>;

/// Fills the response to a request that never reached the handler (400, 408, 413, 414, 431, 501,
/// 417, 500, 505), so that errors have one form. `detail` is a short English sentence.
using ErrorPage = std::function<void(int status, std::string_view detail, Response& response)>;

/// Counters since the start; any thread may read them.
struct ServerStatistics {
  std::uint64_t connections_accepted = 0;
  std::uint64_t connections_open = 0;
  std::uint64_t connections_refused = 0;
  std::uint64_t requests = 0;         ///< that reached the handler
  std::uint64_t protocol_errors = 0;  ///< answered by the error page
};

struct ServerOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 8000;  ///< 0: a free one
  unsigned threads = 0;       ///< 0: one per core
  Limits limits;
  BodyLimit body_limit;
  Handler handler;
  ErrorPage error_page;
};

class Server {
 public:
  /// Binds and listens; kUnavailable where the address is taken or not ours.
  [[nodiscard]] static Result<std::unique_ptr<Server>> listen(ServerOptions options);
  virtual ~Server() = default;

  /// The port in use.
  [[nodiscard]] virtual std::uint16_t port() const = 0;
  /// Serves until stop(); returns when the last connection is closed.
  virtual void run() = 0;
  /// Stops accepting; idle connections close at once, requests in flight get stop_deadline. Any
  /// thread, also more than once.
  virtual void stop() = 0;
  [[nodiscard]] virtual ServerStatistics statistics() const = 0;
};

}  // namespace voucher::http
