#include "api/answers.h"

#include <fmt/format.h>

#include <cmath>

#include "api/json_text.h"

namespace voucher {

std::string share_text(std::int64_t support, std::int64_t total) {
  // Through long double: counts beyond 2^53 would overflow when multiplied.
  const auto exact = static_cast<long double>(support) / static_cast<long double>(total);
  const auto thousandths = std::lround(exact * 1000);
  std::string text = fmt::format("{}.{:03}", thousandths / 1000, thousandths % 1000);
  while (text.ends_with("0") && !text.ends_with(".0")) text.pop_back();
  return text;
}

std::string outcome_members(const Outcome& outcome, std::string_view amount_name) {
  const std::string amount = json_string(amount_name);
  if (!outcome.choice) {
    return fmt::format(R"({}:null,"reason":"{}","evidence":null)", amount,
                       to_string(outcome.reason));
  }
  const Choice& choice = *outcome.choice;
  const std::string runner_up =
      choice.runner_up ? fmt::format(R"({{{}:{},"support":{}}})", amount, choice.runner_up->amount,
                                     choice.runner_up->support)
                       : "null";
  return fmt::format(
      R"({}:{},"reason":"{}","evidence":{{"support":{},"total":{},"share":{},"runner_up":{},"tie":{}}})",
      amount, choice.amount, to_string(outcome.reason), choice.support, choice.total,
      share_text(choice.support, choice.total), runner_up, choice.tie);
}

PreparedAnswers::PreparedAnswers(const Decider& decider, std::int64_t version,
                                 std::string_view snapshot) {
  const Dataset& dataset = decider.dataset();
  const std::string& amount = dataset.source.columns[dataset.decision.amount].name;
  head_ = R"({"decision_id":")";
  subject_key_ = "\"," + json_string(dataset.decision.subject.name) + ":";
  tail_ = fmt::format(R"(,"version":{},"snapshot":"sha256:{}"}})", version, snapshot);
  for (const Variant& variant : dataset.variants) {
    std::vector<std::string>& labels = labels_.emplace_back();
    for (const Segment& segment : variant.segments) labels.push_back(json_string(segment.label));
  }
  outcomes_.resize(decider.outcomes().size());
  for (std::size_t group = 0; group <= decider.group_count(); ++group) {
    for (VariantIndex variant = 0; variant < dataset.variants.size(); ++variant) {
      for (SegmentIndex segment = 0; segment <= labels_[variant].size(); ++segment) {
        const bool labelled = segment < labels_[variant].size();
        const OutcomeIndex index =
            decider.outcome_index(group, variant, labelled ? std::optional(segment) : std::nullopt);
        const Outcome& outcome = decider.outcomes()[index];
        Texts& texts = outcomes_[index];
        if (outcome.choice) {
          texts.classic = fmt::format("{{{}: {}}}", json_string(amount), outcome.choice->amount);
        }
        texts.middle = fmt::format(R"(,"segment_name":{},"segment":{},{},"as_of":")",
                                   json_string(dataset.variants[variant].name),
                                   labelled ? labels_[variant][segment] : "null",
                                   outcome_members(outcome, amount));
      }
    }
  }
}

void PreparedAnswers::append_decision(std::string& out, VariantIndex variant,
                                      const Decision& decision, const AnswerFacts& facts) const {
  out += head_;
  out += facts.decision_id;
  out += subject_key_;
  out += facts.subject;
  out += outcomes_[decision.outcome].middle;
  append_iso(out, facts.as_of);
  if (!decision.next) {
    out += R"(","valid_until":null,"next_segment":null)";
  } else {
    out += R"(","valid_until":")";
    append_iso(out, midnight(decision.next->day));
    out += R"(","next_segment":)";
    const auto& segment = decision.next->segment;
    out += segment ? std::string_view(labels_[variant][*segment]) : std::string_view("null");
  }
  out += tail_;
}

}  // namespace voucher
