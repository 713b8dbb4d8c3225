// SIGINT and SIGTERM as a stop token: the first asks the work to stop, a second ends the process at
// once.
#pragma once

#include <stop_token>
#include <thread>

namespace voucher {

/// Make one in main before any other thread: the signals stay blocked in all of them.
class StopSignals {
 public:
  StopSignals();
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  [[nodiscard]] std::stop_token token() const { return source_.get_token(); }

 private:
  std::stop_source source_;
  std::jthread watcher_;
};

}  // namespace voucher
