// An owned socket on its way from the listener to a connection.
#pragma once

#include <sys/socket.h>
#include <unistd.h>

#include <utility>

namespace voucher::http {

class Socket {
 public:
  Socket(int descriptor, int family) : descriptor_(descriptor), family_(family) {}
  ~Socket() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  Socket(Socket&& other) noexcept
      : descriptor_(std::exchange(other.descriptor_, -1)), family_(other.family_) {}
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  Socket& operator=(Socket&&) = delete;

  [[nodiscard]] int descriptor() const { return descriptor_; }
  /// AF_INET or AF_INET6.
  [[nodiscard]] int family() const { return family_; }
  /// The caller closes it.
  [[nodiscard]] int release() { return std::exchange(descriptor_, -1); }

 private:
  int descriptor_;
  int family_;
};

}  // namespace voucher::http
