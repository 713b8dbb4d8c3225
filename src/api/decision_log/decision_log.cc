#include "api/decision_log/decision_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace voucher {
namespace {

/// Lines that are written at once; a batch ends with the line that exceeds it.
constexpr std::size_t kBatchBytes = std::size_t{1} << 18U;

std::uint64_t next_number() {
  static std::atomic<std::uint64_t> last{0};
  return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

/// What a thread used last. Numbers are never used again, so one entry serves all logs.
struct Used {
  std::uint64_t log = 0;
  DecisionLane* lane = nullptr;
};

std::uint64_t count_lines(std::string_view text) {
  return static_cast<std::uint64_t>(std::ranges::count(text, '\n'));
}

}  // namespace

Result<std::unique_ptr<DecisionLog>> DecisionLog::start(DecisionLogOptions options) {
  std::unique_ptr<DecisionLog> log(new DecisionLog(std::move(options)));
  auto opened = log->file_.open();
  if (!opened && !log->file_.disk_was_full()) return std::unexpected(opened.error());
  if (!opened) log->note(opened);
  log->writer_ =
      std::jthread([&log = *log](const std::stop_token& stop) { log.write_until(stop); });
  return log;
}

DecisionLog::DecisionLog(DecisionLogOptions options)
    : options_(std::move(options)), number_(next_number()), file_(options_.file) {}

DecisionLog::~DecisionLog() {
  writer_.request_stop();
  if (writer_.joinable()) writer_.join();
}

DecisionLane& DecisionLog::lane() {
  thread_local Used used;
  if (used.log != number_) [[unlikely]] {
    const std::lock_guard lock(mutex_);
    auto& lane = lanes_[std::this_thread::get_id()];
    if (!lane) lane = std::make_unique<DecisionLane>(options_.buffer_bytes);
    used = {number_, lane.get()};
  }
  return *used.lane;
}

DecisionLogStatistics DecisionLog::statistics() const {
  DecisionLogStatistics statistics;
  statistics.written = written_.load(std::memory_order_relaxed);
  statistics.failures = failures_.load(std::memory_order_relaxed);
  statistics.failing = failing_.load(std::memory_order_relaxed);
  statistics.dropped = dropped_.load(std::memory_order_relaxed);
  const std::lock_guard lock(mutex_);
  for (const auto& [thread, lane] : lanes_) statistics.dropped += lane->dropped();
  return statistics;
}

void DecisionLog::write_until(const std::stop_token& stop) {
  while (true) {
    const bool stopping = stop.stop_requested();  // before the look: nobody adds after it
    const bool more = collect();
    const bool sound = batch_.empty() || write_batch();
    if (stopping && !sound) return drop_rest();
    if (stopping && !more) return;
    if (sound && more) continue;
    std::unique_lock lock(sleep_mutex_);
    wake_.wait_for(lock, stop, sound ? options_.interval : options_.patience, [] { return false; });
  }
}

bool DecisionLog::collect() {
  std::vector<DecisionLane*> lanes;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [thread, lane] : lanes_) lanes.push_back(lane.get());
  }
  for (DecisionLane* lane : lanes) {
    while (batch_.size() < kBatchBytes) {
      const auto decision = lane->next();
      if (!decision) break;
      lines_of(decision->serving).append(batch_, decision->facts);
    }
  }
  return batch_.size() >= kBatchBytes;
}

const LogLines& DecisionLog::lines_of(const std::shared_ptr<const Serving>& serving) {
  const auto known = known_.find(serving.get());
  if (known != known_.end()) return known->second.lines;
  std::erase_if(known_, [](const auto& entry) { return entry.second.serving.use_count() == 1; });
  return known_.try_emplace(serving.get(), serving, LogLines(*serving)).first->second.lines;
}

bool DecisionLog::write_batch() {
  std::size_t written = 0;
  const auto outcome = file_.append(batch_, written);
  written_.fetch_add(count_lines(std::string_view(batch_).substr(0, written)),
                     std::memory_order_relaxed);
  batch_.erase(0, written);
  note(outcome);
  return outcome.has_value();
}

void DecisionLog::note(const Result<>& outcome) {
  if (!outcome) failures_.fetch_add(1, std::memory_order_relaxed);
  const bool was_failing = failing_.exchange(!outcome, std::memory_order_relaxed);
  if (!options_.tell || was_failing == !outcome) return;
  if (outcome) return options_.tell(false, "the decision log is written again");
  options_.tell(true, outcome.error().message);
}

void DecisionLog::drop_rest() {
  std::uint64_t rest = count_lines(batch_);
  for (const auto& [thread, lane] : lanes_) {
    while (lane->next()) ++rest;
  }
  dropped_.fetch_add(rest, std::memory_order_relaxed);
  if (options_.tell && rest > 0) {
    options_.tell(true, fmt::format("{} decisions could not be written to the log", rest));
  }
}

}  // namespace voucher
