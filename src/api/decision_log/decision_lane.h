// The buffer between one thread that answers and the decision log's writer.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "api/decision_log/decision_record.h"
#include "api/decision_log/record_ring.h"
#include "api/serving.h"

namespace voucher {

/// A decision as the writer finds it; good until the lane's next call of next().
struct LoggedDecision {
  const std::shared_ptr<const Serving>& serving;  ///< what decided
  DecisionFacts facts;
};

/// One producer thread calls begin(), add() and commit(), which take no lock, allocate nothing and
/// never wait; one consumer thread calls next().
class DecisionLane {
 public:
  explicit DecisionLane(std::size_t bytes) : ring_(bytes) {}
  /// REQUIRES: no producer and no consumer any more.
  ~DecisionLane();
  DecisionLane(const DecisionLane&) = delete;
  DecisionLane& operator=(const DecisionLane&) = delete;

  /// Begins an answer of `serving`. What was added and not committed is forgotten.
  void begin(const std::shared_ptr<const Serving>& serving);
  /// Copies one decision of the answer; a full buffer leaves it out.
  void add(const DecisionFacts& facts);
  /// Hands over what was added, and counts what was left out.
  void commit();

  /// The oldest decision that was handed over; nullopt where there is none.
  [[nodiscard]] std::optional<LoggedDecision> next();
  /// Decisions left out; any thread.
  [[nodiscard]] std::uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }

 private:
  RecordRing ring_;
  // The producer's. The consumer keeps the serving alive until it has met the next one, so another
  // cannot be at its address meanwhile.
  const Serving* announced_ = nullptr;
  bool ready_ = false;
  std::uint64_t left_out_ = 0;
  std::atomic<std::uint64_t> dropped_{0};
  // The consumer's.
  std::shared_ptr<const Serving> serving_;
  std::vector<Field> row_;
  bool front_taken_ = false;
};

}  // namespace voucher
