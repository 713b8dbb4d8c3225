// One thread's share of the server: its connections, the buffers they borrow, and the sweep that
// enforces their deadlines. All but adopt_later() and stop() is for the loop's own thread.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <list>
#include <string>

#include "http/connection.h"
#include "http/input_buffer.h"
#include "http/response_writer.h"
#include "http/server.h"
#include "http/socket.h"

namespace voucher::http {

/// Written by its loop only, read by any thread.
class Counter {
 public:
  void increase() {
    value_.store(value_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  }
  [[nodiscard]] std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

class EventLoop {
 public:
  /// How late a deadline may be noticed.
  static constexpr std::chrono::milliseconds kSweepInterval{100};

  /// `options` must outlive the loop.
  explicit EventLoop(const ServerOptions& options);

  /// Serves until stop() and until the last connection is gone.
  void run();
  /// Any thread: no new connections, idle ones close, those in flight get stop_deadline.
  void stop();
  /// Any thread: takes over an accepted socket.
  void adopt_later(Socket socket);

  /// Connections that are here or on their way; any thread.
  [[nodiscard]] std::size_t connection_count() const {
    return connection_count_.load(std::memory_order_relaxed);
  }

  [[nodiscard]] boost::asio::io_context& context() { return context_; }
  [[nodiscard]] const ServerOptions& options() const { return options_; }
  [[nodiscard]] BlockPool& blocks() { return blocks_; }
  [[nodiscard]] bool stopping() const { return stopping_; }

  /// Scratch of whichever connection runs: answers that wait to be sent, and the answer at hand.
  [[nodiscard]] std::string& output() { return output_; }
  void clear_output();
  [[nodiscard]] Response& response() { return response_; }
  [[nodiscard]] std::string_view date_line() { return date_line_.now(); }

  /// Fills response() by the error page.
  void render_error(int status, std::string_view detail);

  /// Destroys a connection, whose last act this is.
  void erase(std::list<Connection>::iterator connection);

  Counter requests;
  Counter protocol_errors;

 private:
  void adopt(Socket socket);
  void begin_stop();
  void arm_sweep();
  void sweep();
  void finish_if_done();

  const ServerOptions& options_;
  boost::asio::io_context context_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  boost::asio::steady_timer sweep_timer_;
  bool sweep_armed_ = false;
  bool stopping_ = false;
  std::chrono::milliseconds stop_at_{};
  BlockPool blocks_;
  std::string output_;
  Response response_;
  DateLine date_line_;
  std::atomic<std::size_t> connection_count_{0};
  std::list<Connection> connections_;
};

}  // namespace voucher::http
