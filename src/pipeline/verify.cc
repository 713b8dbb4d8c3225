#include "pipeline/verify.h"

#include <algorithm>
#include <chrono>
#include <map>

#include "decision/decide.h"

namespace voucher {
namespace {

constexpr std::size_t kShownDifferences = 20;

/// Whether a rule can be judged on timestamps cut to their day: cutting keeps the order of two
/// columns but not strict order, and not the order with a time of day.
bool survives_cut_to_day(const Rule& rule, const Source& source) {
  const auto is_timestamp = [&](ColumnIndex i) {
    return source.columns[i].type == ColumnType::kTimestamp;
  };
  if (std::ranges::none_of(columns_of(rule), is_timestamp)) return true;
  const auto* comparison = std::get_if<ColumnComparison>(&rule.condition);
  return comparison != nullptr && std::holds_alternative<ColumnIndex>(comparison->right) &&
         (comparison->comparison == Comparison::kLessEqual ||
          comparison->comparison == Comparison::kGreaterEqual);
}

/// All that a row of a view says, as the text that differences are shown in.
std::string describe(const ViewRow& row) {
  if (!row.choice) return fmt::format("no choice among {} rows of '{}'", row.total, row.group);
  const Choice& choice = *row.choice;
  const std::string runner_up =
      choice.runner_up
          ? fmt::format("{} ({} rows)", choice.runner_up->amount, choice.runner_up->support)
          : "none";
  return fmt::format("{} ({} of {} of {} rows of '{}', runner-up {}, tie {})", choice.amount,
                     choice.support, choice.total, row.total, row.group, runner_up, choice.tie);
}

class Verification {
 public:
  Verification(const Decider& decider, std::vector<std::vector<ViewRow>> views)
      : decider_(decider), views_(std::move(views)) {
    for (const Rule& rule : decider.dataset().clean.rules) {
      judged_.push_back(survives_cut_to_day(rule, decider.dataset().source));
    }
    for (VariantIndex variant = 0; variant < views_.size(); ++variant) {
      for (const ViewRow& row : views_[variant]) {
        view_choice_[{decider.find_group(row.group), variant, row.segment}] = &row;
      }
    }
  }

  void check_input(const VerifyInput& input) {
    ++outcome_.inputs;
    outcome_.rows += input.rows;
    check_rules(input);
    const Decision decision = decider_.decide(input.variant, input.row);
    const Variant& variant = decider_.dataset().variants[input.variant];
    const std::string stored(input.label.value_or("unsegmented"));
    const std::string decided =
        decision.segment ? variant.segments[*decision.segment].label : "unsegmented";
    if (stored != decided || input.label.has_value() != decision.segment.has_value()) {
      differ("{}: stored label '{}', decided '{}' ({} rows)", place(input), stored, decided,
             input.rows);
    }
    const std::size_t group = decider_.find_group(group_of(input));
    if (group == decider_.group_count())
      differ("{}: the snapshot does not know the group", place(input));
    check_amount(input, decision, group);
  }

  /// Every labelled cell of the snapshot against the view, and no row of the view without a cell.
  void check_choices() {
    const Dataset& dataset = decider_.dataset();
    std::size_t compared = 0;
    std::size_t group = 0;
    for (const auto& [folded, counts] : decider_.snapshot().history.groups()) {
      for (VariantIndex variant = 0; variant < dataset.variants.size(); ++variant) {
        const auto& segments = dataset.variants[variant].segments;
        for (SegmentIndex i = 0; i < segments.size(); ++i) {
          const AmountCounts& cell = counts.cells[variant][i];
          if (cell.with_amount() == 0) continue;
          ++outcome_.choices;
          ++compared;
          const ViewRow expected{counts.shown(), segments[i].label, cell.with_amount(),
                                 choose(cell, dataset.decision.choose)};
          const auto found = view_choice_.find({group, variant, segments[i].label});
          const std::string seen =
              found == view_choice_.end() ? "nothing" : describe(*found->second);
          if (seen == describe(expected)) continue;
          differ("{} {} {}: the view says {}, the snapshot {}", folded,
                 dataset.variants[variant].name, segments[i].label, seen, describe(expected));
        }
      }
      ++group;
    }
    if (compared != view_choice_.size()) {
      differ("the views have {} choices, the snapshot {}", view_choice_.size(), compared);
    }
  }

  [[nodiscard]] const VerifyOutcome& outcome() const { return outcome_; }
  [[nodiscard]] std::size_t differences() const { return difference_count_; }
  [[nodiscard]] std::vector<std::string> shown_differences() const { return differences_; }

 private:
  template <class... Args>
  void differ(fmt::format_string<Args...> text, Args&&... values) {
    if (++difference_count_ > kShownDifferences) return;
    differences_.push_back(fmt::format(text, std::forward<Args>(values)...));
  }

  [[nodiscard]] std::string_view group_of(const VerifyInput& input) const {
    return input.row[decider_.dataset().decision.group_by].text;
  }

  [[nodiscard]] std::string place(const VerifyInput& input) const {
    const Variant& variant = decider_.dataset().variants[input.variant];
    const auto value = value_of(variant, input.row);
    return fmt::format("{} {} value {}", group_of(input), variant.name,
                       value ? std::to_string(*value) : "NULL");
  }

  void check_rules(const VerifyInput& input) {
    reasons_.clear();
    decider_.judge().judge(input.row, reasons_);
    for (const ReasonIndex index : reasons_) {
      const Reason& reason = decider_.judge().reasons()[index];
      if (reason.kind != ReasonKind::kRule || !judged_[reason.rule]) continue;
      differ("{}: {} rows break rule '{}' and should have been rejected", place(input), input.rows,
             reason.id);
    }
  }

  void check_amount(const VerifyInput& input, const Decision& decision, std::size_t group) {
    const Outcome& outcome = decider_.outcome(decision);
    if (outcome.reason != DecisionReason::kSegment || !input.label) return;
    const auto found = view_choice_.find({group, input.variant, std::string(*input.label)});
    const bool equal = found != view_choice_.end() && found->second->choice &&
                       found->second->choice->amount == outcome.choice->amount;
    if (!equal)
      differ("{}: decided amount {} is not the view's", place(input), outcome.choice->amount);
  }

  using CellKey = std::tuple<std::size_t, VariantIndex, std::string>;

  const Decider& decider_;
  std::vector<std::vector<ViewRow>> views_;
  std::map<CellKey, const ViewRow*> view_choice_;
  std::vector<bool> judged_;
  std::vector<ReasonIndex> reasons_;
  VerifyOutcome outcome_;
  std::size_t difference_count_ = 0;
  std::vector<std::string> differences_;
};

}  // namespace

Result<VerifyOutcome> verify_version(Warehouse& warehouse, const DatasetId& id,
                                     VersionNumber version, const JobControl& control) {
  const auto begin = std::chrono::steady_clock::now();
  const Decider decider(TRY(warehouse.snapshot(id, version)));
  std::vector<std::vector<ViewRow>> views;
  for (VariantIndex variant = 0; variant < decider.dataset().variants.size(); ++variant) {
    views.push_back(TRY(warehouse.view_rows(id, version, variant)));
  }
  Verification verification(decider, std::move(views));
  verification.check_choices();
  TRY(warehouse.verify_inputs(
      id, version,
      [&](const VerifyInput& input) -> Result<> {
        verification.check_input(input);
        return {};
      },
      control));
  if (verification.differences() > 0) {
    return std::unexpected(
        Error{ErrorKind::kRefused,
              fmt::format("verify found {} differences in {}/{} version {}: it stays unpublished, "
                          "the live version is "
                          "unchanged",
                          verification.differences(), id.domain, id.dataset, version),
              verification.shown_differences()});
  }
  TRY(warehouse.mark_verified(id, version));
  VerifyOutcome outcome = verification.outcome();
  outcome.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return outcome;
}

}  // namespace voucher
