#include "report/cell_changes.h"

#include <algorithm>
#include <set>

namespace voucher {
namespace {

/// One variant as both definitions have it, or the one that does.
struct VariantPair {
  std::optional<VariantIndex> before;
  std::optional<VariantIndex> after;
  std::vector<SegmentPair> segments;
};

std::vector<VariantPair> pair_variants(const Dataset& before, const Dataset& after) {
  std::vector<VariantPair> pairs;
  const Variant none;
  for (VariantIndex v = 0; v < after.variants.size(); ++v) {
    const Variant& variant = after.variants[v];
    const auto old = before.find_variant(variant.name);
    pairs.push_back({old, v,
                     old ? pair_segments(before, before.variants[*old], after, variant)
                         : std::vector<SegmentPair>{}});
    if (old) continue;
    for (SegmentIndex i = 0; i < variant.segments.size(); ++i)
      pairs.back().segments.push_back({std::nullopt, i, false});
  }
  for (VariantIndex v = 0; v < before.variants.size(); ++v) {
    if (after.find_variant(before.variants[v].name)) continue;
    pairs.push_back({v, std::nullopt, {}});
    for (SegmentIndex i = 0; i < before.variants[v].segments.size(); ++i)
      pairs.back().segments.push_back({i, std::nullopt, false});
  }
  return pairs;
}

class CellComparison {
 public:
  CellComparison(const Snapshot& before, const Snapshot& after)
      : before_(before),
        after_(after),
        variants_(pair_variants(before.definition, after.definition)) {}

  CellChanges compare() {
    std::set<std::string> groups;
    for (const Snapshot* snapshot : {&before_, &after_}) {
      for (const auto& [folded, counts] : snapshot->history.groups()) groups.insert(folded);
    }
    for (const std::string& folded : groups) compare_group(folded);
    return std::move(changes_);
  }

 private:
  static const GroupCounts* find(const Snapshot& snapshot, const std::string& folded) {
    const auto found = snapshot.history.groups().find(folded);
    return found == snapshot.history.groups().end() ? nullptr : &found->second;
  }

  static std::optional<Choice> choice_of(const Snapshot& snapshot, const AmountCounts* counts) {
    if (counts == nullptr) return std::nullopt;
    return choose(*counts, snapshot.definition.decision.choose);
  }

  static const AmountCounts* cell_of(const GroupCounts* group, std::optional<VariantIndex> variant,
                                     std::optional<SegmentIndex> segment) {
    if (group == nullptr || !variant || !segment) return nullptr;
    return &group->cells[*variant][*segment];
  }

  static std::optional<std::string> label_of(const Snapshot& snapshot,
                                             std::optional<VariantIndex> variant,
                                             std::optional<SegmentIndex> segment) {
    if (!variant || !segment) return std::nullopt;
    return snapshot.definition.variants[*variant].segments[*segment].label;
  }

  void compare_group(const std::string& folded) {
    const GroupCounts* before = find(before_, folded);
    const GroupCounts* after = find(after_, folded);
    CellChange change;
    change.group = (after != nullptr ? after : before)->shown();
    note(change, before != nullptr ? &before->all : nullptr,
         after != nullptr ? &after->all : nullptr);
    for (const VariantPair& variant : variants_) {
      change.variant = variant.after ? after_.definition.variants[*variant.after].name
                                     : before_.definition.variants[*variant.before].name;
      for (const SegmentPair& segment : variant.segments) {
        change.segment_before = label_of(before_, variant.before, segment.before);
        change.segment_after = label_of(after_, variant.after, segment.after);
        note(change, cell_of(before, variant.before, segment.before),
             cell_of(after, variant.after, segment.after));
      }
    }
  }

  void note(CellChange change, const AmountCounts* before, const AmountCounts* after) {
    change.before = choice_of(before_, before);
    change.after = choice_of(after_, after);
    if (!change.before && !change.after) return;
    if (change.before && change.after && change.before->amount == change.after->amount) {
      ++changes_.same_choice;
      if (change.before != change.after) ++changes_.other_counts;
      return;
    }
    change.kind = !change.before  ? CellChangeKind::kAppears
                  : !change.after ? CellChangeKind::kDisappears
                                  : CellChangeKind::kChanges;
    changes_.changes.push_back(std::move(change));
  }

  const Snapshot& before_;
  const Snapshot& after_;
  std::vector<VariantPair> variants_;
  CellChanges changes_;
};

}  // namespace

CellChanges compare_cells(const Snapshot& before, const Snapshot& after) {
  return CellComparison(before, after).compare();
}

}  // namespace voucher
