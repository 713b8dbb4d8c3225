// What a planned change would do, as values: the live version held against the version that a run
// would make. Pure: made of two snapshots and of how rows move between them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "decision/choice.h"
#include "decision/snapshot.h"
#include "pipeline/plan.h"
#include "report/definition_diff.h"

namespace voucher {

/// Where a row is in one state: a label, "unsegmented", or nullopt where it is not processed.
using Whereabouts = std::optional<std::string>;

/// Rows that go from one segment of a variant to another, or in or out of the processed ones.
struct SegmentMove {
  Whereabouts from;
  Whereabouts to;
  bool renamed = false;  ///< the segment has another label and the same range
  std::int64_t rows = 0;
  friend bool operator==(const SegmentMove&, const SegmentMove&) = default;
};

struct GroupMoves {
  std::string group;  ///< as shown
  std::vector<SegmentMove> moves;
  friend bool operator==(const GroupMoves&, const GroupMoves&) = default;
};

/// The rows of one variant that both definitions name.
struct VariantMoves {
  std::string variant;
  std::vector<std::string> segments_before;  ///< labels, then "unsegmented"
  std::vector<std::string> segments_after;
  std::vector<SegmentMove> stays;  ///< rows whose label stays
  std::int64_t moved = 0;          ///< rows processed in both states whose segment differs
  std::int64_t renamed = 0;        ///< rows whose segment has another label only
  std::vector<SegmentMove> moves;  ///< of all groups together
  std::vector<GroupMoves> groups;  ///< those in which anything moves
  friend bool operator==(const VariantMoves&, const VariantMoves&) = default;
};

/// Processed rows of the two states together.
struct RowFlow {
  std::int64_t kept = 0;     ///< processed in both
  std::int64_t joining = 0;  ///< processed in the new state only
  std::int64_t leaving = 0;  ///< processed in the live version only
  friend bool operator==(const RowFlow&, const RowFlow&) = default;
};

enum class CellChangeKind { kAppears, kChanges, kDisappears };

/// "appears", "changes", "disappears".
[[nodiscard]] std::string_view to_string(CellChangeKind kind);

/// A cell, or a whole group, whose choice is another one.
struct CellChange {
  CellChangeKind kind = CellChangeKind::kChanges;
  std::string group;                          ///< as shown
  std::optional<std::string> variant;         ///< nullopt: the choice of the whole group
  std::optional<std::string> segment_before;  ///< nullopt: there is no such segment
  std::optional<std::string> segment_after;
  std::optional<Choice> before;
  std::optional<Choice> after;
  friend bool operator==(const CellChange&, const CellChange&) = default;
};

struct CellChanges {
  std::vector<CellChange> changes;  ///< by group, then the group's own choice, then by variant
  std::int64_t same_choice = 0;     ///< cells and groups that keep their amount …
  std::int64_t other_counts = 0;    ///< … of which with other counts
};

/// What rows that are processed in both states are decided to get, through the whole chain of
/// fallbacks. No choice counts as zero; sums beyond 64 bits stay at their end.
struct Money {
  std::int64_t rows = 0;
  std::int64_t before = 0;
  std::int64_t after = 0;
  std::int64_t none_before = 0;  ///< rows without any choice
  std::int64_t none_after = 0;
  [[nodiscard]] std::int64_t difference() const;  ///< after less before
  Money& operator+=(const Money& other);
  friend bool operator==(const Money&, const Money&) = default;
};

struct GroupMoney {
  std::string group;
  Money money;
  friend bool operator==(const GroupMoney&, const GroupMoney&) = default;
};

struct VariantMoney {
  std::string variant;
  Money money;
  std::vector<GroupMoney> groups;
  friend bool operator==(const VariantMoney&, const VariantMoney&) = default;
};

/// Rows that would be decided another amount: together they explain the money.
struct DecisionChange {
  std::string group;
  std::string variant;
  std::string from;  ///< label or "unsegmented"
  std::string to;
  std::optional<std::int64_t> before;  ///< the decided amount; nullopt: no decision
  std::optional<std::int64_t> after;
  std::int64_t rows = 0;
  friend bool operator==(const DecisionChange&, const DecisionChange&) = default;
};

struct PlanReport {
  DatasetId id;
  std::optional<VersionNumber> live;
  std::string snapshot_before;  ///< SHA-256; empty where nothing is live
  std::string snapshot_after;
  std::string amount_name;
  std::string group_name;
  std::vector<DefinitionChange> definition;
  RowCounts rows_before;
  RowCounts rows_after;
  RowFlow flow;
  std::vector<VariantMoves> variants;  ///< of both definitions, in the new one's order
  std::vector<std::string> variants_added;
  std::vector<std::string> variants_removed;
  CellChanges cells;
  Money money;                       ///< of all variants together: a row counts once for each
  std::vector<GroupMoney> by_group;  ///< likewise
  std::vector<VariantMoney> by_variant;
  std::vector<DecisionChange> decisions;

  /// Whether a run would publish another snapshot.
  [[nodiscard]] bool changes() const { return snapshot_before != snapshot_after; }
};

[[nodiscard]] PlanReport compare_states(const PlannedChange& planned);

}  // namespace voucher
