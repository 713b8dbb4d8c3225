// The decision log: each decision that was answered, one line a decision. Whoever answers copies
// the facts into a buffer of its own thread and goes on; a thread of the log writes them. Where the
// file cannot be written the buffers fill, further decisions are counted and left out, and serving
// goes on.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "api/decision_log/decision_lane.h"
#include "api/decision_log/log_file.h"
#include "api/decision_log/log_line.h"

namespace voucher {

struct DecisionLogOptions {
  std::filesystem::path file;
  std::size_t buffer_bytes = std::size_t{4} << 20U;  ///< of each thread that answers
  std::chrono::milliseconds interval{50};            ///< between looks at the buffers
  std::chrono::milliseconds patience{500};           ///< before a failed write is tried again
  /// Called by the writer when writing begins to fail and when it works again; may be empty.
  std::function<void(bool failing, std::string_view message)> tell{};
};

struct DecisionLogStatistics {
  std::uint64_t written = 0;   ///< decisions in the file
  std::uint64_t dropped = 0;   ///< decisions left out
  std::uint64_t failures = 0;  ///< attempts to write that failed
  bool failing = false;        ///< the last attempt did
};

class DecisionLog {
 public:
  /// Opens the file and starts the writer. Fails as LogFile::open() does, except where the disk is
  /// full: the log then waits for room.
  [[nodiscard]] static Result<std::unique_ptr<DecisionLog>> start(DecisionLogOptions options);
  /// Writes what the buffers hold; drops what a failing file does not take. REQUIRES: nobody adds
  /// any more.
  ~DecisionLog();
  DecisionLog(const DecisionLog&) = delete;
  DecisionLog& operator=(const DecisionLog&) = delete;

  /// The calling thread's own lane; takes a lock at the thread's first call only.
  [[nodiscard]] DecisionLane& lane();

  /// Any thread.
  [[nodiscard]] DecisionLogStatistics statistics() const;

 private:
  explicit DecisionLog(DecisionLogOptions options);

  void write_until(const std::stop_token& stop);
  /// Fills the batch from the lanes; whether it is full and more may wait.
  bool collect();
  const LogLines& lines_of(const std::shared_ptr<const Serving>& serving);
  bool write_batch();
  void note(const Result<>& outcome);
  void drop_rest();

  struct KnownLines {
    KnownLines(std::shared_ptr<const Serving> one, LogLines its)
        : serving(std::move(one)), lines(std::move(its)) {}
    std::shared_ptr<const Serving> serving;
    LogLines lines;
  };

  const DecisionLogOptions options_;
  const std::uint64_t number_;  ///< unlike that of any other log of the process
  mutable std::mutex mutex_;    ///< guards lanes_
  std::map<std::thread::id, std::unique_ptr<DecisionLane>> lanes_;
  std::atomic<std::uint64_t> written_{0};
  std::atomic<std::uint64_t> dropped_{0};  ///< by the writer, at the end
  std::atomic<std::uint64_t> failures_{0};
  std::atomic<bool> failing_{false};
  // The writer's.
  LogFile file_;
  std::map<const Serving*, KnownLines> known_;
  std::string batch_;
  std::mutex sleep_mutex_;
  std::condition_variable_any wake_;
  std::jthread writer_;  ///< last: ends before what it uses
};

}  // namespace voucher
