// The decision for one customer: segment's choice, else the group's, else none. Built once from a
// snapshot, then immutable; any number of threads decide at once, without locks or allocation.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/calendar.h"
#include "decision/choice.h"
#include "decision/classify.h"
#include "decision/judge.h"
#include "decision/snapshot.h"

namespace voucher {

enum class DecisionReason { kSegment, kFallbackGroup, kNoData };

/// "SEGMENT", "FALLBACK_GROUP", "NO_DATA".
[[nodiscard]] std::string_view to_string(DecisionReason reason);

/// What every customer of one (group, variant, segment) gets. Evidence is that of the level that
/// decided.
struct Outcome {
  std::optional<Choice> choice;  ///< absent for kNoData
  DecisionReason reason = DecisionReason::kNoData;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

/// Position in Decider::outcomes(): what a caller may use to find prepared answers.
using OutcomeIndex = std::size_t;

struct Decision {
  OutcomeIndex outcome = 0;
  std::optional<SegmentIndex> segment;  ///< nullopt: unsegmented
  std::optional<NextSegment> next;      ///< when and to what the segment changes; nullopt: never
};

class Decider {
 public:
  explicit Decider(Snapshot snapshot);

  [[nodiscard]] const Snapshot& snapshot() const { return snapshot_; }
  [[nodiscard]] const Dataset& dataset() const { return snapshot_.definition; }
  [[nodiscard]] const Judge& judge() const { return judge_; }

  /// The decision for a row that judge() found valid; its clock columns hold the instant to decide
  /// at. An unknown group has the outcome kNoData. REQUIRES: a valid row, a variant of the dataset.
  [[nodiscard]] Decision decide(VariantIndex variant, Row row) const;

  /// All outcomes. Each group has first those of its segments, by variant, the unsegmented one
  /// last; the last group is the unknown one.
  [[nodiscard]] const std::vector<Outcome>& outcomes() const { return outcomes_; }
  [[nodiscard]] const Outcome& outcome(const Decision& decision) const {
    return outcomes_[decision.outcome];
  }

  /// The outcome of a cell by its folded group's position in the snapshot's order (group_count() is
  /// the unknown group).
  [[nodiscard]] OutcomeIndex outcome_index(std::size_t group, VariantIndex variant,
                                           std::optional<SegmentIndex> segment) const;
  [[nodiscard]] std::size_t group_count() const { return group_index_.size(); }
  /// Position of a group however it is written; group_count() where there is none.
  [[nodiscard]] std::size_t find_group(std::string_view group) const;

 private:
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };

  Snapshot snapshot_;
  Judge judge_;
  std::unordered_map<std::string, std::size_t, TextHash, std::equal_to<>> group_index_;
  std::vector<std::size_t>
      variant_offset_;  ///< of each variant within a group's outcomes; last: their number
  std::vector<Outcome> outcomes_;
};

}  // namespace voucher
