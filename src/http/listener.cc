#include "http/listener.h"

#include <errno.h>
#include <sys/socket.h>

#include <boost/asio/ip/address.hpp>
#include <utility>

namespace voucher::http {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;

constexpr int kBacklog = 4096;
constexpr int kAcceptsPerTurn = 64;
// Out of descriptors or memory: waiting helps, asking again at once does not.
constexpr std::chrono::milliseconds kBackOff{100};

Result<tcp::endpoint> resolve(boost::asio::io_context& context, const std::string& host,
                              std::uint16_t port) {
  error_code error;
  const auto address = boost::asio::ip::make_address(host, error);
  if (!error) return tcp::endpoint(address, port);
  tcp::resolver resolver(context);
  const auto found =
      resolver.resolve(host, std::to_string(port), tcp::resolver::numeric_service, error);
  if (error || found.empty()) {
    return fail(ErrorKind::kUnavailable, "the host to listen on has no address: {}", host);
  }
  return found.begin()->endpoint();
}

std::unexpected<Error> cannot_listen(const std::string& host, std::uint16_t port,
                                     const error_code& error) {
  const bool forbidden = error == boost::asio::error::access_denied;
  return fail(forbidden ? ErrorKind::kRefused : ErrorKind::kUnavailable,
              "cannot listen on {} port {}: {}", host, port, error.message());
}

}  // namespace

Listener::Listener(std::span<const std::unique_ptr<EventLoop>> loops)
    : loops_(loops), acceptor_(loops[0]->context()), retry_timer_(loops[0]->context()) {}

// Without SO_REUSEPORT: a second server on the port must be told that it is taken.
Result<> Listener::open(const std::string& host, std::uint16_t port) {
  const tcp::endpoint endpoint = TRY(resolve(loops_[0]->context(), host, port));
  error_code error;
  acceptor_.open(endpoint.protocol(), error);
  if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(kBacklog, error);
  if (!error) acceptor_.non_blocking(true, error);
  tcp::endpoint bound;
  if (!error) bound = acceptor_.local_endpoint(error);
  if (error) return cannot_listen(host, port, error);
  family_ = endpoint.protocol().family();
  port_ = bound.port();
  return {};
}

void Listener::start() {
  wait();
}

void Listener::stop() {
  retry_timer_.cancel();
  while (acceptor_.is_open() && accept_some() == Progress::kMore) {
  }
  error_code ignored;
  acceptor_.close(ignored);
}

void Listener::wait() {
  acceptor_.async_wait(tcp::acceptor::wait_read, [this](error_code error) {
    if (error) return;
    if (accept_some() == Progress::kExhausted) {
      back_off();
    } else {
      wait();
    }
  });
}

void Listener::back_off() {
  retry_timer_.expires_after(kBackOff);
  retry_timer_.async_wait([this](error_code error) {
    if (!error) wait();
  });
}

Listener::Progress Listener::accept_some() {
  for (int turn = 0; turn < kAcceptsPerTurn; ++turn) {
    const int descriptor =
        ::accept4(acceptor_.native_handle(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (descriptor >= 0) {
      hand_out(Socket(descriptor, family_));
      continue;
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK) return Progress::kEmpty;
    if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      return Progress::kExhausted;
    }
    // Anything else is the fault of one client that is gone.
  }
  return Progress::kMore;
}

void Listener::hand_out(Socket socket) {
  accepted_.increase();
  std::size_t open = 0;
  std::size_t chosen = next_loop_;
  for (std::size_t step = 0; step < loops_.size(); ++step) {
    const std::size_t candidate = (next_loop_ + step) % loops_.size();
    open += loops_[candidate]->connection_count();
    if (loops_[candidate]->connection_count() < loops_[chosen]->connection_count()) {
      chosen = candidate;
    }
  }
  if (open >= loops_[0]->options().limits.connections) {
    refused_.increase();
    return;
  }
  next_loop_ = (chosen + 1) % loops_.size();
  loops_[chosen]->adopt_later(std::move(socket));
}

}  // namespace voucher::http
