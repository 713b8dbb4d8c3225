#include "report/plan_report.h"

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <tuple>

#include "base/hash.h"
#include "decision/decide.h"
#include "report/cell_changes.h"

namespace voucher {
namespace {

constexpr std::string_view kUnsegmented = "unsegmented";

std::string label_of(const RowPlace& place) {
  return place.label.value_or(std::string(kUnsegmented));
}

Whereabouts whereabouts(const std::optional<RowPlace>& place) {
  if (!place) return std::nullopt;
  return label_of(*place);
}

/// Where a label stands in its definition: unsegmented last, rows that are not processed first.
std::size_t position_of(const Variant& variant, const Whereabouts& where) {
  if (!where) return 0;
  const auto found = std::ranges::find(variant.segments, *where, &Segment::label);
  return static_cast<std::size_t>(found - variant.segments.begin()) + 1;
}

std::optional<SegmentIndex> segment_of(const Variant& variant, const RowPlace& place) {
  if (!place.label) return std::nullopt;
  return position_of(variant, place.label) - 1;
}

/// How a group is shown: as the new state does, else as the live one.
std::string shown_group(const PlannedChange& planned, const std::string& folded) {
  for (const Snapshot* snapshot : {&planned.after, &planned.before}) {
    const auto found = snapshot->history.groups().find(folded);
    if (found != snapshot->history.groups().end()) return found->second.shown();
  }
  return folded;
}

/// The group of a row in the new state, else in the live one.
const std::string& group_of(const LabelMove& move) {
  return move.after ? move.after->group : move.before->group;
}

RowFlow flow_of(const std::vector<LabelMove>& moves) {
  RowFlow flow;
  for (const LabelMove& move : moves) {
    if (move.variant) continue;
    if (move.before && move.after) flow.kept += move.rows;
    if (!move.before) flow.joining += move.rows;
    if (!move.after) flow.leaving += move.rows;
  }
  return flow;
}

/// The moves of one variant, added up over groups or not.
class MoveTable {
 public:
  MoveTable(const PlannedChange& planned, VariantIndex before, VariantIndex after)
      : planned_(planned),
        before_(planned.before.definition.variants[before]),
        after_(planned.after.definition.variants[after]) {
    for (const SegmentPair& pair :
         pair_segments(planned.before.definition, before_, planned.after.definition, after_)) {
      if (pair.renamed)
        renamed_.insert({before_.segments[*pair.before].label, after_.segments[*pair.after].label});
    }
  }

  VariantMoves collect() {
    VariantMoves result;
    result.variant = after_.name;
    result.segments_before = labels_of(before_);
    result.segments_after = labels_of(after_);
    std::map<Key, std::int64_t> stays;
    std::map<Key, std::int64_t> all;
    std::map<std::string, std::map<Key, std::int64_t>> groups;
    for (const LabelMove& move : planned_.moves) {
      if (move.variant != after_.name) continue;
      const Key key{whereabouts(move.before), whereabouts(move.after)};
      if (key.first == key.second) {
        stays[key] += move.rows;
        continue;
      }
      all[key] += move.rows;
      groups[group_of(move)][key] += move.rows;
      if (!key.first || !key.second) continue;
      (is_renamed(key) ? result.renamed : result.moved) += move.rows;
    }
    result.stays = in_order(stays);
    result.moves = in_order(all);
    for (const auto& [folded, moves] : groups)
      result.groups.push_back({shown_group(planned_, folded), in_order(moves)});
    return result;
  }

 private:
  using Key = std::pair<Whereabouts, Whereabouts>;

  [[nodiscard]] static std::vector<std::string> labels_of(const Variant& variant) {
    std::vector<std::string> labels;
    for (const Segment& segment : variant.segments) labels.push_back(segment.label);
    labels.emplace_back(kUnsegmented);
    return labels;
  }

  [[nodiscard]] bool is_renamed(const Key& key) const {
    return key.first && key.second && renamed_.contains({*key.first, *key.second});
  }

  [[nodiscard]] std::vector<SegmentMove> in_order(const std::map<Key, std::int64_t>& moves) const {
    std::vector<SegmentMove> sorted;
    for (const auto& [key, rows] : moves)
      sorted.push_back({key.first, key.second, is_renamed(key), rows});
    std::ranges::sort(sorted, {}, [&](const SegmentMove& move) {
      return std::pair(position_of(before_, move.from), position_of(after_, move.to));
    });
    return sorted;
  }

  const PlannedChange& planned_;
  const Variant& before_;
  const Variant& after_;
  std::set<std::pair<std::string, std::string>> renamed_;
};

/// Amounts are whatever the data holds: what does not fit stays at the end of the range.
std::int64_t times(std::int64_t rows, std::int64_t amount) {
  std::int64_t product = 0;
  if (!__builtin_mul_overflow(rows, amount, &product)) return product;
  return amount < 0 ? std::numeric_limits<std::int64_t>::min()
                    : std::numeric_limits<std::int64_t>::max();
}

std::int64_t plus(std::int64_t one, std::int64_t other) {
  std::int64_t sum = 0;
  if (!__builtin_add_overflow(one, other, &sum)) return sum;
  return other < 0 ? std::numeric_limits<std::int64_t>::min()
                   : std::numeric_limits<std::int64_t>::max();
}

/// Decides rows in both states and adds up what they get.
class MoneyTable {
 public:
  explicit MoneyTable(const PlannedChange& planned)
      : planned_(planned), before_(planned.before), after_(planned.after) {}

  void add_variant(VariantIndex before, VariantIndex after, PlanReport& report) {
    const Variant& variant = after_.dataset().variants[after];
    VariantMoney total{variant.name, {}, {}};
    const Variant& old_variant = before_.dataset().variants[before];
    std::map<std::string, Money> groups;
    std::map<std::tuple<std::string, std::string, std::size_t, std::size_t>, DecisionChange>
        changes;
    for (const LabelMove& move : planned_.moves) {
      if (move.variant != variant.name || !move.before || !move.after) continue;
      const auto old_amount = decided(before_, before, *move.before);
      const auto new_amount = decided(after_, after, *move.after);
      const Money money = money_of(move.rows, old_amount, new_amount);
      total.money += money;
      groups[move.after->group] += money;
      by_group_[move.after->group] += money;
      if (old_amount == new_amount) continue;
      const auto key = std::tuple(move.after->group, move.before->group,
                                  position_of(old_variant, label_of(*move.before)),
                                  position_of(variant, label_of(*move.after)));
      DecisionChange& change = changes[key];
      change = {shown_group(planned_, move.after->group),
                variant.name,
                label_of(*move.before),
                label_of(*move.after),
                old_amount,
                new_amount,
                change.rows + move.rows};
    }
    for (auto& [key, change] : changes) report.decisions.push_back(std::move(change));
    for (const auto& [folded, money] : groups)
      total.groups.push_back({shown_group(planned_, folded), money});
    report.money += total.money;
    report.by_variant.push_back(std::move(total));
  }

  [[nodiscard]] std::vector<GroupMoney> by_group() const {
    std::vector<GroupMoney> groups;
    for (const auto& [folded, money] : by_group_)
      groups.push_back({shown_group(planned_, folded), money});
    return groups;
  }

 private:
  [[nodiscard]] static std::optional<std::int64_t> decided(const Decider& decider,
                                                           VariantIndex variant,
                                                           const RowPlace& place) {
    const auto segment = segment_of(decider.dataset().variants[variant], place);
    const OutcomeIndex index =
        decider.outcome_index(decider.find_group(place.group), variant, segment);
    const auto& choice = decider.outcomes()[index].choice;
    if (!choice) return std::nullopt;
    return choice->amount;
  }

  [[nodiscard]] static Money money_of(std::int64_t rows, std::optional<std::int64_t> before,
                                      std::optional<std::int64_t> after) {
    return {rows, times(rows, before.value_or(0)), times(rows, after.value_or(0)),
            before ? 0 : rows, after ? 0 : rows};
  }

  const PlannedChange& planned_;
  Decider before_;
  Decider after_;
  std::map<std::string, Money> by_group_;
};

void add_variants(const PlannedChange& planned, PlanReport& report) {
  const Dataset& before = planned.before.definition;
  const Dataset& after = planned.after.definition;
  MoneyTable money(planned);
  for (VariantIndex v = 0; v < after.variants.size(); ++v) {
    const auto old = before.find_variant(after.variants[v].name);
    if (!old) {
      report.variants_added.push_back(after.variants[v].name);
      continue;
    }
    report.variants.push_back(MoveTable(planned, *old, v).collect());
    money.add_variant(*old, v, report);
  }
  for (const Variant& variant : before.variants) {
    if (!after.find_variant(variant.name)) report.variants_removed.push_back(variant.name);
  }
  report.by_group = money.by_group();
}

}  // namespace

std::string_view to_string(CellChangeKind kind) {
  switch (kind) {
    case CellChangeKind::kAppears: return "appears";
    case CellChangeKind::kChanges: return "changes";
    case CellChangeKind::kDisappears: return "disappears";
  }
  return "";
}

std::int64_t Money::difference() const {
  std::int64_t difference = 0;
  if (!__builtin_sub_overflow(after, before, &difference)) return difference;
  return before > 0 ? std::numeric_limits<std::int64_t>::min()
                    : std::numeric_limits<std::int64_t>::max();
}

Money& Money::operator+=(const Money& other) {
  rows += other.rows;
  before = plus(before, other.before);
  after = plus(after, other.after);
  none_before += other.none_before;
  none_after += other.none_after;
  return *this;
}

PlanReport compare_states(const PlannedChange& planned) {
  const Dataset& after = planned.after.definition;
  PlanReport report;
  report.id = planned.id;
  report.live = planned.live;
  if (planned.live) report.snapshot_before = sha256_hex(to_canonical_json(planned.before));
  report.snapshot_after = sha256_hex(to_canonical_json(planned.after));
  report.amount_name = after.source.columns[after.decision.amount].name;
  report.group_name = after.source.columns[after.decision.group_by].name;
  report.definition = diff_definitions(planned.before.definition, after);
  report.rows_before = planned.before.rows;
  report.rows_after = planned.after.rows;
  report.flow = flow_of(planned.moves);
  report.cells = compare_cells(planned.before, planned.after);
  add_variants(planned, report);
  return report;
}

}  // namespace voucher
