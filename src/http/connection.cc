#include "http/connection.h"

#include <errno.h>
#include <sys/socket.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <boost/asio/error.hpp>

#include "http/event_loop.h"
#include "http/response_writer.h"

namespace voucher::http {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;

// More answers than this are sent before the next request of a batch is looked at.
constexpr std::size_t kOutputBatchBytes = 65536;
// A client that reads more slowly than this per write_deadline is one that does not read.
constexpr std::size_t kWriteProgressBytes = 16384;

enum class SendResult { kAll, kBlocked, kBroken };

bool would_block(int error) {
  return error == EAGAIN || error == EWOULDBLOCK;
}

/// Sends without waiting, from `begin` on, which moves with what was taken.
SendResult send_some(int descriptor, std::string_view bytes, std::size_t& begin) {
  while (begin < bytes.size()) {
    const ssize_t sent =
        ::send(descriptor, bytes.data() + begin, bytes.size() - begin, MSG_NOSIGNAL);
    if (sent >= 0) {
      begin += static_cast<std::size_t>(sent);
    } else if (would_block(errno)) {
      return SendResult::kBlocked;
    } else if (errno != EINTR) {
      return SendResult::kBroken;
    }
  }
  return SendResult::kAll;
}

ssize_t receive_some(int descriptor, std::span<char> room) {
  while (true) {
    const ssize_t count = ::recv(descriptor, room.data(), room.size(), 0);
    if (count >= 0 || errno != EINTR) return count;
  }
}

}  // namespace

std::chrono::milliseconds coarse_now() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  return std::chrono::milliseconds(now.tv_sec * 1000 + now.tv_nsec / 1'000'000);
}

Connection::Connection(EventLoop& loop, Socket socket)
    : loop_(loop),
      socket_(loop.context()),
      parser_(loop.options().limits, loop.options().body_limit, loop.blocks()) {
  error_code error;
  const auto protocol = socket.family() == AF_INET6 ? tcp::v6() : tcp::v4();
  socket_.assign(protocol, socket.descriptor(), error);
  closed_ = error.failed();
  if (!closed_) static_cast<void>(socket.release());
}

void Connection::start(std::list<Connection>::iterator self) {
  self_ = self;
  if (!closed_) {
    error_code ignored;
    socket_.set_option(tcp::no_delay(true), ignored);
    enter(Phase::kIdle);
    wait_readable();
  }
  release_if_closed();
}

void Connection::expire(std::chrono::milliseconds now) {
  if (now < deadline_) return;
  if (phase_ == Phase::kHead) {
    answer_error({408, "The head of the request did not arrive in time."});
  } else if (phase_ == Phase::kBody) {
    answer_error({408, "The body of the request did not arrive in time."});
  } else {
    close();
  }
  if (!closed_ && flush()) begin_drain();
  release_if_closed();
}

void Connection::stop() {
  if (phase_ == Phase::kIdle && !closed_) receive();
  if (phase_ == Phase::kIdle && !closed_) close();
  release_if_closed();
}

void Connection::abandon() {
  close();
  release_if_closed();
}

void Connection::wait_readable() {
  if (reading_) return;
  reading_ = true;
  socket_.async_wait(TcpSocket::wait_read, [this](error_code error) {
    reading_ = false;
    if (error) close();
    if (!closed_) on_readable();
    release_if_closed();
  });
}

void Connection::wait_writable() {
  if (writing_) return;
  writing_ = true;
  socket_.async_wait(TcpSocket::wait_write, [this](error_code error) {
    writing_ = false;
    if (error) close();
    if (!closed_) on_writable();
    release_if_closed();
  });
}

void Connection::on_readable() {
  switch (phase_) {
    case Phase::kWrite: return;  // reads again when the answers are out
    case Phase::kDrain: drain(); return;
    default: receive(); return;
  }
}

void Connection::receive() {
  const auto room = parser_.prepare();
  const ssize_t count = receive_some(socket_.native_handle(), room);
  if (count > 0) {
    parser_.commit(static_cast<std::size_t>(count));
    process();
  } else if (count < 0 && would_block(errno)) {
    settle_phase(false);
  } else {
    close();
  }
}

void Connection::process() {
  bool answered = false;
  while (!closing_) {
    const auto outcome = parser_.next();
    if (outcome == RequestParser::Outcome::kNeedMore) break;
    answered = true;
    if (outcome == RequestParser::Outcome::kError) {
      answer_error(parser_.error());
    } else {
      answer_request();
    }
    if (loop_.output().size() >= kOutputBatchBytes && !flush()) return;
  }
  if (!closing_ && parser_.take_continue()) loop_.output().append(kContinue);
  if (!flush()) return;
  if (closing_) {
    begin_drain();
  } else {
    settle_phase(answered);
  }
}

void Connection::answer_request() {
  const Request& request = parser_.request();
  Response& response = loop_.response();
  response.reset();
  loop_.requests.increase();
  try {
    loop_.options().handler(request, response);
    if (response.status < 200 || response.status > 599) {
      loop_.render_error(500, "The server gave an answer without a final status.");
    }
  } catch (...) {
    loop_.render_error(500, "The server failed to answer this request.");
  }
  closing_ = parser_.close_requested() || response.close || loop_.stopping();
  append_response(loop_.output(), response,
                  {.without_body = request.method == Method::kHead,
                   .close = closing_,
                   .date_line = loop_.date_line()});
}

void Connection::answer_error(const ParseError& error) {
  loop_.protocol_errors.increase();
  loop_.render_error(error.status, error.detail);
  closing_ = true;
  append_response(loop_.output(), loop_.response(),
                  {.close = true, .date_line = loop_.date_line()});
}

/// Sends the loop's output; true when all of it is out. Else the rest is kept and waited for, or
/// the connection is closed.
bool Connection::flush() {
  std::string& output = loop_.output();
  std::size_t begin = 0;
  const auto result = send_some(socket_.native_handle(), output, begin);
  if (result == SendResult::kBlocked) {
    unsent_.assign(output, begin);
    unsent_begin_ = 0;
    enter(Phase::kWrite);
    wait_writable();
  } else if (result == SendResult::kBroken) {
    close();
  }
  loop_.clear_output();
  return result == SendResult::kAll;
}

void Connection::on_writable() {
  const std::size_t before = unsent_begin_;
  const auto result = send_some(socket_.native_handle(), unsent_, unsent_begin_);
  if (result == SendResult::kBroken) {
    close();
    return;
  }
  if (result == SendResult::kBlocked) {
    sent_since_renewal_ += unsent_begin_ - before;
    if (sent_since_renewal_ >= kWriteProgressBytes) enter(Phase::kWrite);
    wait_writable();
    return;
  }
  unsent_ = {};
  if (closing_) {
    begin_drain();
  } else {
    // What is left of the batch, then the phase that follows from it.
    enter(Phase::kIdle);
    process();
  }
}

/// Back to waiting for bytes. A deadline runs from the first byte of a head, or of a body, and is
/// not renewed by the following ones.
void Connection::settle_phase(bool answered) {
  Phase next = Phase::kIdle;
  if (parser_.stage() == RequestParser::Stage::kHead) next = Phase::kHead;
  if (parser_.stage() == RequestParser::Stage::kBody) next = Phase::kBody;
  if (next == Phase::kIdle && loop_.stopping()) {
    close();
    return;
  }
  if (answered || next != phase_) enter(next);
  wait_readable();
}

void Connection::enter(Phase phase) {
  const Limits& limits = loop_.options().limits;
  phase_ = phase;
  deadline_ = coarse_now();
  switch (phase) {
    case Phase::kIdle: deadline_ += limits.idle_deadline; break;
    case Phase::kHead:
    case Phase::kBody: deadline_ += limits.read_deadline; break;
    case Phase::kWrite:
      deadline_ += limits.write_deadline;
      sent_since_renewal_ = 0;
      break;
    case Phase::kDrain: deadline_ += limits.drain_deadline; break;
  }
}

/// Says that nothing more will come and reads on for a while: closing a socket with unread bytes
/// would send a reset, and that may overtake the answer.
void Connection::begin_drain() {
  error_code error;
  socket_.shutdown(TcpSocket::shutdown_send, error);
  if (error) {
    close();
    return;
  }
  parser_.release();
  enter(Phase::kDrain);
  wait_readable();
}

void Connection::drain() {
  std::array<char, 16384> dropped{};
  while (drained_ <= loop_.options().limits.drain_bytes) {
    const ssize_t count = receive_some(socket_.native_handle(), dropped);
    if (count > 0) {
      drained_ += static_cast<std::size_t>(count);
    } else if (count < 0 && would_block(errno)) {
      wait_readable();
      return;
    } else {
      break;
    }
  }
  close();
}

void Connection::close() {
  if (closed_) return;
  closed_ = true;
  error_code ignored;
  socket_.close(ignored);
}

void Connection::release_if_closed() {
  if (closed_ && !reading_ && !writing_) loop_.erase(self_);
}

}  // namespace voucher::http
