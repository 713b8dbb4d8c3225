#include "cli/stop_signals.h"

#include <pthread.h>
#include <unistd.h>

#include <csignal>
#include <ctime>

#include "cli/exit_code.h"

namespace voucher {
namespace {

sigset_t stop_set() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  return set;
}

void watch(const std::stop_token& finished, std::stop_source& source) {
  const sigset_t set = stop_set();
  const timespec pause{0, 100'000'000};
  while (!finished.stop_requested()) {
    if (sigtimedwait(&set, nullptr, &pause) < 0) continue;
    if (source.stop_requested()) ::_exit(static_cast<int>(ExitCode::kInterrupted));
    source.request_stop();
  }
}

}  // namespace

StopSignals::StopSignals() {
  const sigset_t set = stop_set();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  watcher_ = std::jthread([this](const std::stop_token& finished) { watch(finished, source_); });
}

StopSignals::~StopSignals() = default;

}  // namespace voucher
