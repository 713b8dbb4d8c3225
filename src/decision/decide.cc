#include "decision/decide.h"

#include <array>
#include <utility>

#include "base/check.h"

namespace voucher {
namespace {

Outcome outcome_of(const std::optional<Choice>& cell, const std::optional<Choice>& group) {
  if (cell) return {cell, DecisionReason::kSegment};
  if (group) return {group, DecisionReason::kFallbackGroup};
  return {};
}

}  // namespace

std::string_view to_string(DecisionReason reason) {
  switch (reason) {
    case DecisionReason::kSegment: return "SEGMENT";
    case DecisionReason::kFallbackGroup: return "FALLBACK_GROUP";
    case DecisionReason::kNoData: return "NO_DATA";
  }
  return "";
}

Decider::Decider(Snapshot snapshot) : snapshot_(std::move(snapshot)), judge_(snapshot_.definition) {
  const DecisionPolicy& policy = snapshot_.definition.decision;
  variant_offset_.push_back(0);
  for (const Variant& variant : snapshot_.definition.variants) {
    variant_offset_.push_back(variant_offset_.back() + variant.segments.size() + 1);
  }
  for (const auto& [folded, counts] : snapshot_.history.groups()) {
    group_index_.emplace(folded, group_index_.size());
    const auto group_choice =
        policy.fallback_to_group ? choose(counts.all, policy.choose) : std::nullopt;
    for (VariantIndex variant = 0; variant < snapshot_.definition.variants.size(); ++variant) {
      const std::size_t segments = snapshot_.definition.variants[variant].segments.size();
      for (SegmentIndex segment = 0; segment < segments; ++segment) {
        const auto cell_choice = choose(counts.cells[variant][segment], policy.choose);
        outcomes_.push_back(outcome_of(cell_choice, group_choice));
      }
      outcomes_.push_back(outcome_of(std::nullopt, group_choice));
    }
  }
  outcomes_.resize(outcomes_.size() + variant_offset_.back());
}

std::size_t Decider::find_group(std::string_view group) const {
  constexpr std::size_t kShortName = 128;
  const auto position = [this](std::string_view folded) {
    const auto found = group_index_.find(folded);
    return found == group_index_.end() ? group_count() : found->second;
  };
  if (group.size() > kShortName) return position(fold_ascii(group));
  std::array<char, kShortName> folded{};
  for (std::size_t i = 0; i < group.size(); ++i) {
    const char c = group[i];
    folded[i] = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return position({folded.data(), group.size()});
}

OutcomeIndex Decider::outcome_index(std::size_t group, VariantIndex variant,
                                    std::optional<SegmentIndex> segment) const {
  const std::size_t entries = variant_offset_[variant + 1] - variant_offset_[variant];
  return group * variant_offset_.back() + variant_offset_[variant] + segment.value_or(entries - 1);
}

Decision Decider::decide(VariantIndex variant, Row row) const {
  CHECK(variant < snapshot_.definition.variants.size());
  const Variant& definition = snapshot_.definition.variants[variant];
  const auto value = value_of(definition, row);
  Decision decision;
  if (value) decision.segment = classify(definition, *value);
  const std::size_t group = find_group(row[snapshot_.definition.decision.group_by].text);
  decision.outcome = outcome_index(group, variant, decision.segment);
  if (const auto* days = std::get_if<DaysBetween>(&definition.value); value && days != nullptr) {
    decision.next = next_segment(definition, *value, day_of(row[days->clock].instant()));
  }
  return decision;
}

}  // namespace voucher
