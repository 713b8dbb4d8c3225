// One client: reads what has arrived, answers every complete request of it in one write, and closes
// so that the last answer arrives. Lives in its event loop and runs on that loop's thread.
#pragma once

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstddef>
#include <list>
#include <string>
#include <string_view>

#include "http/request_parser.h"
#include "http/server.h"
#include "http/socket.h"

namespace voucher::http {

class EventLoop;

/// A socket whose executor is known at compile time: no type erasure per wait.
using TcpSocket =
    boost::asio::basic_stream_socket<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;

/// A monotonic clock that is cheap to read and a few milliseconds coarse.
[[nodiscard]] std::chrono::milliseconds coarse_now();

class Connection {
 public:
  Connection(EventLoop& loop, Socket socket);
  ~Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Each of these may end with the destruction of the connection.

  /// Begins to serve. `self` is where the loop keeps this connection.
  void start(std::list<Connection>::iterator self);
  /// Enforces the deadline if it has passed.
  void expire(std::chrono::milliseconds now);
  /// The server stops: an idle connection closes, after a last look for a request.
  void stop();
  /// Closes, whatever is in flight.
  void abandon();

 private:
  /// What the connection waits for; each has its deadline.
  enum class Phase { kIdle, kHead, kBody, kWrite, kDrain };

  void wait_readable();
  void wait_writable();
  void on_readable();
  void on_writable();
  void receive();
  void drain();
  void process();
  void answer_request();
  void answer_error(const ParseError& error);
  bool flush();
  void settle_phase(bool answered);
  void enter(Phase phase);
  void begin_drain();
  void close();
  void release_if_closed();

  EventLoop& loop_;
  std::list<Connection>::iterator self_;
  TcpSocket socket_;
  RequestParser parser_;
  Phase phase_ = Phase::kIdle;
  std::chrono::milliseconds deadline_{};
  std::string unsent_;
  std::size_t unsent_begin_ = 0;
  std::size_t sent_since_renewal_ = 0;
  std::size_t drained_ = 0;
  bool reading_ = false;  // an asynchronous wait is out; the connection may not be destroyed
  bool writing_ = false;
  bool closing_ = false;  // no further request is answered
  bool closed_ = false;
};

}  // namespace voucher::http
