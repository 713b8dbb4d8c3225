// The texts of all answers that a snapshot can give, written when it is loaded. What depends on the
// request alone (id, subject, times) is put between them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/calendar.h"
#include "decision/decide.h"

namespace voucher {

/// What an answer says beside the decision.
struct AnswerFacts {
  std::string_view decision_id;
  std::string_view subject;  ///< JSON
  Timestamp as_of;
};

/// Immutable; any number of threads. REQUIRES: the decider lives as long.
class PreparedAnswers {
 public:
  /// `snapshot` is its SHA-256, without prefix.
  PreparedAnswers(const Decider& decider, std::int64_t version, std::string_view snapshot);

  /// `{"voucher_amount": 2640}`; empty where there is no decision.
  [[nodiscard]] std::string_view classic(OutcomeIndex outcome) const {
    return outcomes_[outcome].classic;
  }
  /// Appends the whole decision as a JSON object.
  void append_decision(std::string& out, VariantIndex variant, const Decision& decision,
                       const AnswerFacts& facts) const;

 private:
  struct Texts {
    std::string classic;
    std::string middle;  ///< from `segment_name` to the opening quote of `as_of`
  };

  std::string head_;  ///< up to the opening quote of `decision_id`
  std::string subject_key_;
  std::string tail_;  ///< `version` and `snapshot`
  std::vector<Texts> outcomes_;
  std::vector<std::vector<std::string>> labels_;  ///< JSON, by variant and segment
};

/// `"voucher_amount":2640,"reason":…,"evidence":{…}`: an outcome as members of a JSON object; null
/// amount and evidence where there is no choice. `amount_name` is the definition's.
[[nodiscard]] std::string outcome_members(const Outcome& outcome, std::string_view amount_name);

/// A share with three decimals at most: 0.408, 0.5, 1.0. REQUIRES: 0 < support <= total.
[[nodiscard]] std::string share_text(std::int64_t support, std::int64_t total);

}  // namespace voucher
