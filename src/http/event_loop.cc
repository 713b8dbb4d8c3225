#include "http/event_loop.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <iterator>
#include <utility>

namespace voucher::http {
namespace {

// What one huge answer leaves behind is given back.
constexpr std::size_t kKeptOutputBytes = 262144;

}  // namespace

// A connection's sockets are used by its loop's thread alone, so their locks are left out.
EventLoop::EventLoop(const ServerOptions& options)
    : options_(options),
      context_(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO),
      work_(boost::asio::make_work_guard(context_)),
      sweep_timer_(context_) {}

void EventLoop::run() {
  context_.run();
}

void EventLoop::stop() {
  boost::asio::post(context_, [this] { begin_stop(); });
}

void EventLoop::adopt_later(Socket socket) {
  connection_count_.fetch_add(1, std::memory_order_relaxed);
  boost::asio::post(context_,
                    [this, socket = std::move(socket)]() mutable { adopt(std::move(socket)); });
}

void EventLoop::adopt(Socket socket) {
  connections_.emplace_back(*this, std::move(socket));
  const auto connection = std::prev(connections_.end());
  arm_sweep();
  connection->start(connection);
}

void EventLoop::erase(std::list<Connection>::iterator connection) {
  connections_.erase(connection);
  connection_count_.fetch_sub(1, std::memory_order_relaxed);
  finish_if_done();
}

void EventLoop::clear_output() {
  if (output_.capacity() > kKeptOutputBytes) output_ = {};
  output_.clear();
}

void EventLoop::render_error(int status, std::string_view detail) {
  response_.reset();
  try {
    options_.error_page(status, detail, response_);
  } catch (...) {
    response_.reset();
  }
  response_.status = status;
}

void EventLoop::begin_stop() {
  if (stopping_) return;
  stopping_ = true;
  stop_at_ = coarse_now() + options_.limits.stop_deadline;
  for (auto next = connections_.begin(); next != connections_.end();) {
    const auto connection = next++;
    connection->stop();
  }
  finish_if_done();
}

void EventLoop::arm_sweep() {
  if (std::exchange(sweep_armed_, true)) return;
  sweep_timer_.expires_after(kSweepInterval);
  sweep_timer_.async_wait([this](boost::system::error_code error) {
    sweep_armed_ = false;
    if (!error) sweep();
  });
}

void EventLoop::sweep() {
  const auto now = coarse_now();
  const bool give_up = stopping_ && now >= stop_at_;
  for (auto next = connections_.begin(); next != connections_.end();) {
    const auto connection = next++;
    if (give_up) {
      connection->abandon();
    } else {
      connection->expire(now);
    }
  }
  if (!connections_.empty()) arm_sweep();
}

void EventLoop::finish_if_done() {
  if (!stopping_ || !connections_.empty()) return;
  work_.reset();
  sweep_timer_.cancel();
}

}  // namespace voucher::http
