#include "definition/prove.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "definition/possible_values.h"

namespace voucher {
namespace {

/// Empty where from is above to.
IntegerSet set_of(const Range& range) {
  const IntegerSpan span{range.from.value_or(IntegerSpan{}.first),
                         range.to.value_or(IntegerSpan{}.last)};
  return span.first <= span.last ? IntegerSet({span}) : IntegerSet();
}

/// An end that only the type sets is shown open.
Range shown(const IntegerSpan& span, const IntegerSpan& natural) {
  Range range;
  if (span.first > natural.first) range.from = span.first;
  if (span.last < natural.last) range.to = span.last;
  return range;
}

/// "7", "5..13", "..29".
std::string in_words(const Range& range) {
  if (range.from && range.from == range.to) return std::to_string(*range.from);
  return to_string(range);
}

std::string value_text(const Source& source, const Variant& variant) {
  const std::string& column = source.columns[value_column(variant)].name;
  const auto* days = std::get_if<DaysBetween>(&variant.value);
  if (days == nullptr) return column;
  return fmt::format("days_between({}, {})", column, source.columns[days->clock].name);
}

class Proof {
 public:
  Proof(const Source& source, const Variant& variant, const IntegerSet& possible)
      : source_(source), variant_(variant), possible_(possible), natural_(natural_range(variant)) {}

  VariantProof run() {
    find_empty_ranges();
    find_overlaps();
    if (possible_.empty()) {
      add({FaultKind::kNoValue,
           std::nullopt,
           std::nullopt,
           {},
           fmt::format("no row can meet the rules, which contradict each other: '{}' has no "
                       "possible value",
                       value_text(source_, variant_))});
      return std::move(proof_);
    }
    proof_.possible = shown({possible_.min(), possible_.max()}, natural_);
    find_unreachable();
    find_false_gaps();
    find_gaps();
    return std::move(proof_);
  }

 private:
  void add(SegmentFault fault) { proof_.faults.push_back(std::move(fault)); }

  [[nodiscard]] const Segment& segment(SegmentIndex i) const { return variant_.segments[i]; }

  void find_empty_ranges() {
    for (SegmentIndex i = 0; i < variant_.segments.size(); ++i) {
      const auto& [label, range] = segment(i);
      if (!set_of(range).empty()) continue;
      add({FaultKind::kEmptyRange, i, std::nullopt, range,
           fmt::format("segment '{}' holds no value: from {} is above to {}", label, *range.from,
                       *range.to)});
    }
    for (std::size_t i = 0; i < variant_.allow_gaps.size(); ++i) {
      const Range& range = variant_.allow_gaps[i];
      if (!set_of(range).empty()) continue;
      add({FaultKind::kEmptyRange, std::nullopt, i, range,
           fmt::format("gap '{}' holds no value: {} is above {}", to_string(range), *range.from,
                       *range.to)});
    }
  }

  void find_overlaps() {
    for (SegmentIndex later = 0; later < variant_.segments.size(); ++later) {
      for (SegmentIndex earlier = 0; earlier < later; ++earlier) {
        const IntegerSet both =
            set_of(segment(earlier).range).intersect(set_of(segment(later).range));
        if (both.empty()) continue;
        const Range range = shown(both.spans().front(), IntegerSpan{});
        add({FaultKind::kOverlap, later, std::nullopt, range,
             fmt::format("segment '{}' overlaps segment '{}': both hold {}", segment(later).label,
                         segment(earlier).label, in_words(range))});
      }
    }
  }

  void find_unreachable() {
    for (SegmentIndex i = 0; i < variant_.segments.size(); ++i) {
      const IntegerSet values = set_of(segment(i).range);
      if (values.empty() || !values.intersect(possible_).empty()) continue;
      add({FaultKind::kUnreachable, i, std::nullopt, segment(i).range,
           fmt::format("segment '{}' can never be reached: by the types and rules '{}' is within "
                       "{}",
                       segment(i).label, value_text(source_, variant_),
                       in_words(shown({possible_.min(), possible_.max()}, IntegerSpan{})))});
    }
  }

  void find_false_gaps() {
    for (std::size_t i = 0; i < variant_.allow_gaps.size(); ++i) {
      const Range& range = variant_.allow_gaps[i];
      const IntegerSet values = set_of(range);
      if (values.empty()) continue;
      for (const auto& [label, filled] : variant_.segments) {
        const IntegerSet both = values.intersect(set_of(filled));
        if (both.empty()) continue;
        const Range overlap = shown(both.spans().front(), IntegerSpan{});
        add({FaultKind::kFalseGap, std::nullopt, i, overlap,
             fmt::format("gap '{}' is no gap: segment '{}' holds {}", to_string(range), label,
                         in_words(overlap))});
      }
      if (values.intersect(possible_).empty()) {
        add({FaultKind::kFalseGap, std::nullopt, i, range,
             fmt::format("gap '{}' needs no declaration: by the types and rules '{}' is within {}; "
                         "remove it",
                         to_string(range), value_text(source_, variant_),
                         in_words(shown({possible_.min(), possible_.max()}, IntegerSpan{})))});
      }
    }
  }

  void find_gaps() {
    IntegerSet filled;
    for (const Segment& segment : variant_.segments) filled = filled.unite(set_of(segment.range));
    IntegerSet declared;
    for (const Range& gap : variant_.allow_gaps) declared = declared.unite(set_of(gap));
    const IntegerSet gaps = possible_.without(filled);
    for (const IntegerSpan& gap : gaps.spans()) proof_.gaps.push_back(shown(gap, natural_));
    const IntegerSet undeclared = gaps.without(declared);
    if (undeclared.empty()) return;
    const std::string line = line_to_add(undeclared);
    for (const IntegerSpan& gap : undeclared.spans()) {
      const Range range = shown(gap, natural_);
      add({FaultKind::kUndeclaredGap, neighbour(gap), std::nullopt, range,
           fmt::format("no segment of '{}' holds {}; add one, or declare: {}", variant_.name,
                       in_words(range), line)});
    }
  }

  /// The whole line that declares what is declared already and what is missing.
  [[nodiscard]] std::string line_to_add(const IntegerSet& undeclared) const {
    std::vector<std::string> texts;
    for (const Range& gap : variant_.allow_gaps) texts.push_back(to_string(gap));
    for (const IntegerSpan& gap : undeclared.spans())
      texts.push_back(to_string(shown(gap, natural_)));
    return fmt::format("allow_gaps: [\"{}\"]", fmt::join(texts, "\", \""));
  }

  /// The segment that ends nearest below a gap, else the one that begins nearest above it.
  [[nodiscard]] std::optional<SegmentIndex> neighbour(const IntegerSpan& gap) const {
    std::optional<SegmentIndex> below;
    std::optional<SegmentIndex> above;
    for (SegmentIndex i = 0; i < variant_.segments.size(); ++i) {
      const IntegerSet values = set_of(segment(i).range);
      if (values.empty()) continue;
      const auto max_of = [this](SegmentIndex s) { return set_of(segment(s).range).max(); };
      const auto min_of = [this](SegmentIndex s) { return set_of(segment(s).range).min(); };
      if (values.max() < gap.first && (!below || max_of(*below) < values.max())) below = i;
      if (values.min() > gap.last && (!above || values.min() < min_of(*above))) above = i;
    }
    return below ? below : above;
  }

  const Source& source_;
  const Variant& variant_;
  const IntegerSet& possible_;
  IntegerSpan natural_;
  VariantProof proof_;
};

}  // namespace

VariantProof prove(const Source& source, const Variant& variant, const IntegerSet& possible) {
  return Proof(source, variant, possible).run();
}

std::vector<VariantProof> prove(const Dataset& dataset) {
  std::vector<VariantProof> proofs;
  for (const Variant& variant : dataset.variants) {
    proofs.push_back(prove(dataset.source, variant,
                           possible_values(dataset.source, dataset.clean.rules, variant)));
  }
  return proofs;
}

}  // namespace voucher
