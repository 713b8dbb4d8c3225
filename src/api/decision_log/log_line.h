// A decision as a line of the decision log: one JSON object. Its `request` is a body that the API
// would answer, with `as_of` filled in, so that it can be decided for again.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/decision_log/decision_record.h"
#include "api/serving.h"

namespace voucher {

/// What every line begins with. The number is the format's; a reader refuses any other.
inline constexpr std::string_view kLogLineStart = R"({"log_format":1,"time":")";

/// What the lines of one version have in common, written once. REQUIRES: the serving lives as long.
class LogLines {
 public:
  explicit LogLines(const Serving& serving);

  /// Appends one line with its newline. REQUIRES: facts of a decision of this version.
  void append(std::string& out, const DecisionFacts& facts) const;

 private:
  struct RequestKey {
    std::string text;  ///< `"country_code":`
    ColumnType type = ColumnType::kString;
    ColumnIndex column = 0;
  };

  std::string version_;      ///< from `domain` to `request`'s brace
  std::string subject_key_;  ///< with its colon
  ColumnType subject_type_ = ColumnType::kInteger;
  std::vector<RequestKey> columns_;               ///< of the request, in order
  std::vector<std::string> variants_;             ///< `,"segment_name":…,"as_of":"`
  std::string amount_key_;                        ///< `"},"answer":{"voucher_amount":`
  std::vector<std::vector<std::string>> labels_;  ///< JSON, by variant; null comes last
  std::vector<std::string> amounts_;              ///< by outcome
  std::vector<std::string> ends_;                 ///< by outcome: reason and evidence
};

/// `SEGMENT` was decided at the segment's level, `FALLBACK_GROUP` at the group's: "segment",
/// "group"; empty for `NO_DATA`.
[[nodiscard]] std::string_view evidence_level(DecisionReason reason);

}  // namespace voucher
