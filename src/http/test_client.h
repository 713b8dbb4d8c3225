// For tests: a server on a free port with its threads, and a plain blocking client.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "http/server.h"

namespace voucher::http {

using namespace std::chrono_literals;

/// What came back until the deadline or the end of the connection.
struct Received {
  std::string bytes;
  bool closed = false;  ///< orderly, by the server
  bool reset = false;   ///< the answer may have been lost
};

class TestClient {
 public:
  explicit TestClient(std::uint16_t port, int receive_buffer = 0) {
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (receive_buffer != 0) {
      ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  ~TestClient() { close(); }
  TestClient(TestClient&& other) noexcept
      : socket_(std::exchange(other.socket_, -1)), connected_(other.connected_) {}
  TestClient& operator=(TestClient&&) = delete;

  [[nodiscard]] bool connected() const { return connected_; }

  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  void finish_sending() { ::shutdown(socket_, SHUT_WR); }

  /// Reads until the text ends with or holds `until`, the server closes, or time is up.
  Received receive(std::string_view until = {}, std::chrono::milliseconds patience = 10s) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    Received received;
    char block[65536];
    while (until.empty() || received.bytes.find(until) == std::string::npos) {
      const auto left =
          std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
      pollfd waiting{socket_, POLLIN, 0};
      if (left <= 0ms || ::poll(&waiting, 1, static_cast<int>(left.count())) <= 0) break;
      const ssize_t count = ::recv(socket_, block, sizeof block, 0);
      if (count > 0) {
        received.bytes.append(block, static_cast<std::size_t>(count));
        continue;
      }
      received.closed = count == 0;
      received.reset = count < 0;
      break;
    }
    return received;
  }

  /// Packets with data that came in.
  [[nodiscard]] std::uint32_t packets_received() const {
    tcp_info info{};
    socklen_t size = sizeof info;
    ::getsockopt(socket_, IPPROTO_TCP, TCP_INFO, &info, &size);
    return info.tcpi_data_segs_in;
  }

  /// Closes with a reset where `abort`.
  void close(bool abort = false) {
    if (socket_ < 0) return;
    if (abort) {
      const linger now{1, 0};
      ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    }
    ::close(std::exchange(socket_, -1));
  }

 private:
  int socket_ = -1;
  bool connected_ = false;
};

/// Deadlines that a test can wait for.
inline Limits short_limits() {
  Limits limits;
  limits.read_deadline = 200ms;
  limits.idle_deadline = 300ms;
  limits.write_deadline = 300ms;
  limits.drain_deadline = 300ms;
  limits.stop_deadline = 500ms;
  return limits;
}

/// A running server. The handler answers "<method> <path> <body>", and by path:
/// /close asks for the end, /large is 4 MiB, /empty is 204, /unchanged is 304, /throw throws.
class TestServer {
 public:
  explicit TestServer(Limits limits = {}, unsigned threads = 2, std::uint16_t port = 0)
      : server_(make(limits, threads, port)), thread_([this] { server_->run(); }) {}
  ~TestServer() { stop(); }

  static ServerOptions options(Limits limits, unsigned threads, std::uint16_t port) {
    ServerOptions options;
    options.port = port;
    options.threads = threads;
    options.limits = limits;
    options.body_limit = [](Method, std::string_view path) -> std::size_t {
      return path == "/big" ? 1'048'576 : 4096;
    };
    options.handler = answer;
    options.error_page = [](int status, std::string_view detail, Response& response) {
      response.content_type = "text/plain";
      response.body = "error " + std::to_string(status) + ": " + std::string(detail);
    };
    return options;
  }

  [[nodiscard]] std::uint16_t port() const { return server_->port(); }
  [[nodiscard]] Server& operator*() { return *server_; }
  [[nodiscard]] Server* operator->() { return server_.get(); }
  TestClient connect() { return TestClient(port()); }

  /// Stops and waits for run() to return.
  void stop() {
    server_->stop();
    if (thread_.joinable()) thread_.join();
  }

 private:
  static std::unique_ptr<Server> make(Limits limits, unsigned threads, std::uint16_t port) {
    auto server = Server::listen(options(limits, threads, port));
    EXPECT_TRUE(server) << server.error().message;
    return std::move(*server);
  }

  static void answer(const Request& request, Response& response) {
    if (request.path == "/throw") throw std::runtime_error("as asked");
    if (request.path == "/empty") response.status = 204;
    if (request.path == "/unchanged") response.status = 304;
    if (request.path == "/close") response.close = true;
    if (request.path == "/large") {
      response.body.assign(4'194'304, 'x');
      return;
    }
    response.add_header("X-Name", "value");
    response.body.append(request.method_name).append(" ").append(request.path).append(" ");
    response.body.append(request.body);
  }

  std::unique_ptr<Server> server_;
  std::thread thread_;
};

inline std::string get(std::string_view path, std::string_view fields = "") {
  std::string request = "GET ";
  request.append(path).append(" HTTP/1.1\r\nHost: a\r\n").append(fields).append("\r\n");
  return request;
}

inline std::string post(std::string_view path, std::string_view body) {
  std::string request = "POST ";
  request.append(path).append(" HTTP/1.1\r\nHost: a\r\nContent-Length: ");
  request.append(std::to_string(body.size())).append("\r\n\r\n").append(body);
  return request;
}

inline std::size_t count_of(std::string_view text, std::string_view what) {
  std::size_t count = 0;
  for (auto at = text.find(what); at != std::string_view::npos; at = text.find(what, at + 1))
    ++count;
  return count;
}

}  // namespace voucher::http
