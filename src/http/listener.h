// The listening socket: accepts, refuses what is over the limit, and hands each connection to the
// loop that has the fewest.
#pragma once

#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "base/result.h"
#include "http/event_loop.h"

namespace voucher::http {

class Listener {
 public:
  /// The loops must outlive the listener, which runs on the first one's thread.
  explicit Listener(std::span<const std::unique_ptr<EventLoop>> loops);

  /// Binds and listens. kUnavailable where the address is taken or not ours, kRefused where it is
  /// not permitted.
  [[nodiscard]] Result<> open(const std::string& host, std::uint16_t port);
  /// Begins to accept.
  void start();
  /// Takes what has already connected, then closes.
  void stop();

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::uint64_t accepted() const { return accepted_.value(); }
  [[nodiscard]] std::uint64_t refused() const { return refused_.value(); }

 private:
  enum class Progress { kEmpty, kMore, kExhausted };

  void wait();
  void back_off();
  Progress accept_some();
  void hand_out(Socket socket);

  std::span<const std::unique_ptr<EventLoop>> loops_;
  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer retry_timer_;
  std::uint16_t port_ = 0;
  int family_ = 0;
  std::size_t next_loop_ = 0;
  Counter accepted_;
  Counter refused_;
};

}  // namespace voucher::http
