// Decides again what a decision log says was decided, with the code that serves, and compares. The
// lines stream through; what is kept are counts and the first differences.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "api/decision_request.h"
#include "base/result.h"
#include "decision/decide.h"
#include "replay/line_stream.h"
#include "replay/logged_line.h"

namespace voucher {

/// What can be unlike between a line and its replay.
enum class Difference {
  kAmount,
  kSegment,
  kReason,
  kEvidence,    ///< support or total
  kRefused,     ///< the request would be answered with 422
  kSnapshot,    ///< the version of that number has another snapshot
  kVersionGone  ///< there is no such version any more
};

/// "amount", "segment", "reason", "evidence", "refused", "snapshot", "version_gone".
[[nodiscard]] std::string_view to_string(Difference difference);

/// What decides again.
class ReplayTarget {
 public:
  /// `name` is its snapshot's SHA-256.
  ReplayTarget(Snapshot snapshot, std::string name)
      : decider_(std::move(snapshot)), fields_(decider_.dataset()), name_(std::move(name)) {}

  [[nodiscard]] const Decider& decider() const { return decider_; }
  [[nodiscard]] const RequestFields& fields() const { return fields_; }
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  Decider decider_;
  RequestFields fields_;
  std::string name_;
};

/// The target for a line; nullptr where its version is gone. An error ends the replay.
using FindTarget = std::function<Result<const ReplayTarget*>(const LoggedLine& line)>;

/// A line whose replay is unlike it.
struct DifferentLine {
  std::string file;
  std::int64_t number = 0;
  std::string decision_id;
  std::string request;  ///< JSON
  std::vector<Difference> differences;
  std::string logged;    ///< the answer, for people
  std::string replayed;  ///< likewise; the errors where it would be refused; empty: not decided
};

/// A line that could not be replayed, or was cut off.
struct OddLine {
  std::string file;
  std::int64_t number = 0;
  std::string problem;
};

/// Decisions that went from one state to another, and what that does to the sum of amounts.
struct Moved {
  std::int64_t decisions = 0;
  std::int64_t money = 0;
};

struct ReplayReport {
  std::int64_t lines = 0;
  std::int64_t decisions = 0;  ///< lines that were replayed
  std::int64_t same = 0;
  std::int64_t other_datasets = 0;  ///< lines left out
  std::int64_t malformed = 0;
  std::map<Difference, std::int64_t> differences;                ///< a line may have several
  std::map<std::string, std::int64_t> refused_by;                ///< rule or reason -> lines
  std::map<std::pair<std::string, std::string>, Moved> reasons;  ///< from, to; also unchanged ones
  /// Variant, from, to of segments that changed; "unsegmented" is one.
  std::map<std::tuple<std::string, std::string, std::string>, Moved> segments;
  std::int64_t money_logged = 0;    ///< sum of amounts; no decision counts 0
  std::int64_t money_replayed = 0;  ///< likewise
  std::vector<DifferentLine> first_different;
  std::vector<OddLine> first_malformed;
  std::vector<OddLine> torn;  ///< a last line without its end: tolerated

  [[nodiscard]] std::int64_t different() const { return decisions - same; }
};

struct ReplayOptions {
  std::optional<DatasetId> only{};  ///< lines of other datasets are left out
  /// Targets are the versions that the lines name: snapshot and evidence must be the same, too.
  bool same_version = true;
  std::size_t shown = 10;  ///< how many first lines of a kind are kept
};

class Replay {
 public:
  Replay(FindTarget find_target, ReplayOptions options)
      : find_target_(std::move(find_target)), options_(std::move(options)) {}

  /// Replays one line of `file`.
  [[nodiscard]] Result<> replay(const std::string& file, const StreamedLine& line);
  [[nodiscard]] const ReplayReport& report() const { return report_; }

 private:
  /// What the target answers.
  struct Replayed {
    LoggedAnswer answer;
    bool refused = false;
    std::string errors;  ///< where it is refused, JSON
  };

  void note_malformed(const std::string& file, const StreamedLine& line, std::string_view problem);
  [[nodiscard]] std::optional<Replayed> decide(const ReplayTarget& target, const LoggedLine& line,
                                               std::size_t padding);
  void note_refusal(const std::string& errors);
  [[nodiscard]] std::vector<Difference> compare(const LoggedLine& line,
                                                const Replayed& replayed) const;
  void count_moves(const LoggedLine& line, const Replayed& replayed);
  void note_different(const std::string& file, const StreamedLine& streamed, const LoggedLine& line,
                      std::vector<Difference> differences, std::string replayed);

  FindTarget find_target_;
  ReplayOptions options_;
  LoggedLineReader reader_;
  JsonBodyReader body_reader_;
  DecisionRequest request_;
  ReplayReport report_;
};

}  // namespace voucher
