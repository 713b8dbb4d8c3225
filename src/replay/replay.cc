#include "replay/replay.h"

#include <fmt/format.h>

#include <limits>
#include <nlohmann/json.hpp>

namespace voucher {
namespace {

constexpr std::string_view kUnsegmented = "unsegmented";
constexpr std::string_view kRefused = "REFUSED";

void add_to(std::int64_t& sum, std::int64_t number) {
  if (__builtin_add_overflow(sum, number, &sum)) {
    sum = number > 0 ? std::numeric_limits<std::int64_t>::max()
                     : std::numeric_limits<std::int64_t>::min();
  }
}

std::string_view segment_name(const std::optional<std::string_view>& segment) {
  return segment.value_or(kUnsegmented);
}

std::string answer_text(const LoggedAnswer& answer) {
  const std::string amount = answer.amount ? std::to_string(*answer.amount) : "none";
  std::string text = fmt::format("{}, {}, {}", amount, segment_name(answer.segment), answer.reason);
  if (answer.total > 0) text += fmt::format(", {} of {} rows", answer.support, answer.total);
  return text;
}

/// "total_orders: Field required; …" of the API's errors.
std::string error_text(const std::string& errors) {
  const auto list = nlohmann::json::parse("[" + errors + "]", nullptr, false);
  std::string text;
  for (const auto& error : list) {
    text += fmt::format("{}{}: {}", text.empty() ? "refused: " : "; ",
                        error["loc"].back().get<std::string>(), error["msg"].get<std::string>());
  }
  return text;
}

template <class List, class Entry>
void keep_first(List& list, std::size_t most, Entry entry) {
  if (list.size() < most) list.push_back(std::move(entry));
}

}  // namespace

std::string_view to_string(Difference difference) {
  switch (difference) {
    case Difference::kAmount: return "amount";
    case Difference::kSegment: return "segment";
    case Difference::kReason: return "reason";
    case Difference::kEvidence: return "evidence";
    case Difference::kRefused: return "refused";
    case Difference::kSnapshot: return "snapshot";
    case Difference::kVersionGone: return "version_gone";
  }
  return "";
}

Result<> Replay::replay(const std::string& file, const StreamedLine& streamed) {
  ++report_.lines;
  if (streamed.too_long) {
    note_malformed(file, streamed, "it is longer than 8 MiB");
    return {};
  }
  const auto line = reader_.read(streamed.text, streamed.padding);
  if (!line && !streamed.ended) {
    keep_first(report_.torn, options_.shown,
               OddLine{file, streamed.number, "the last line was cut off"});
    return {};
  }
  if (!line) {
    note_malformed(file, streamed, line.error());
    return {};
  }
  if (options_.only &&
      (line->domain != options_.only->domain || line->dataset != options_.only->dataset)) {
    ++report_.other_datasets;
    return {};
  }
  const ReplayTarget* target = TRY(find_target_(*line));
  const bool is_other =
      target != nullptr && options_.same_version && line->snapshot != target->name();
  if (target == nullptr || is_other) {
    ++report_.decisions;
    note_different(file, streamed, *line,
                   {is_other ? Difference::kSnapshot : Difference::kVersionGone}, "");
    return {};
  }
  const auto replayed = decide(*target, *line, streamed.padding);
  if (!replayed) {
    note_malformed(file, streamed, "its request is no JSON");
    return {};
  }
  ++report_.decisions;
  count_moves(*line, *replayed);
  std::vector<Difference> differences = compare(*line, *replayed);
  if (differences.empty()) {
    ++report_.same;
    return {};
  }
  note_different(file, streamed, *line, std::move(differences),
                 replayed->refused ? error_text(replayed->errors) : answer_text(replayed->answer));
  return {};
}

void Replay::note_malformed(const std::string& file, const StreamedLine& line,
                            std::string_view problem) {
  ++report_.malformed;
  keep_first(report_.first_malformed, options_.shown,
             OddLine{file, line.number, std::string(problem)});
}

std::optional<Replay::Replayed> Replay::decide(const ReplayTarget& target, const LoggedLine& line,
                                               std::size_t padding) {
  const Decider& decider = target.decider();
  // The request says as of when, so no clock is asked.
  request_.prepare(target.fields(), decider.dataset(), decider.judge(), Timestamp{});
  if (body_reader_.read_object(line.request, padding, request_).fault != BodyFault::kNone)
    return std::nullopt;
  Replayed replayed;
  if (!request_.valid()) {
    replayed.refused = true;
    replayed.answer.reason = kRefused;
    request_.append_violations(replayed.errors, R"("body")");
    note_refusal(replayed.errors);
    return replayed;
  }
  const Decision decision = decider.decide(request_.variant(), request_.row());
  const Outcome& outcome = decider.outcome(decision);
  replayed.answer.reason = to_string(outcome.reason);
  if (decision.segment) {
    replayed.answer.segment =
        decider.dataset().variants[request_.variant()].segments[*decision.segment].label;
  }
  if (outcome.choice) {
    replayed.answer.amount = outcome.choice->amount;
    replayed.answer.support = outcome.choice->support;
    replayed.answer.total = outcome.choice->total;
  }
  return replayed;
}

void Replay::note_refusal(const std::string& errors) {
  const auto list = nlohmann::json::parse("[" + errors + "]", nullptr, false);
  for (const auto& error : list) {
    const std::string type = error["type"].get<std::string>();
    const bool is_named = type != kFieldAbsent && type != kFieldRepeated;
    ++report_.refused_by[is_named ? type : error["loc"].back().get<std::string>() + "_" + type];
  }
}

std::vector<Difference> Replay::compare(const LoggedLine& line, const Replayed& replayed) const {
  if (replayed.refused) return {Difference::kRefused};
  const LoggedAnswer& before = line.answer;
  const LoggedAnswer& after = replayed.answer;
  std::vector<Difference> differences;
  if (before.amount != after.amount) differences.push_back(Difference::kAmount);
  if (before.segment != after.segment) differences.push_back(Difference::kSegment);
  if (before.reason != after.reason) differences.push_back(Difference::kReason);
  if (options_.same_version && (before.support != after.support || before.total != after.total))
    differences.push_back(Difference::kEvidence);
  return differences;
}

void Replay::count_moves(const LoggedLine& line, const Replayed& replayed) {
  const std::int64_t before = line.answer.amount.value_or(0);
  const std::int64_t after = replayed.answer.amount.value_or(0);
  std::int64_t money = after;
  add_to(money, before == std::numeric_limits<std::int64_t>::min() ? 0 : -before);
  add_to(report_.money_logged, before);
  add_to(report_.money_replayed, after);
  const auto count = [money](Moved& moved) {
    ++moved.decisions;
    add_to(moved.money, money);
  };
  count(report_.reasons[{std::string(line.answer.reason), std::string(replayed.answer.reason)}]);
  if (replayed.refused || line.answer.segment == replayed.answer.segment) return;
  count(report_.segments[{std::string(line.segment_name),
                          std::string(segment_name(line.answer.segment)),
                          std::string(segment_name(replayed.answer.segment))}]);
}

void Replay::note_different(const std::string& file, const StreamedLine& streamed,
                            const LoggedLine& line, std::vector<Difference> differences,
                            std::string replayed) {
  for (const Difference difference : differences) ++report_.differences[difference];
  if (report_.first_different.size() >= options_.shown) return;
  report_.first_different.push_back({file, streamed.number, std::string(line.decision_id),
                                     std::string(line.request), std::move(differences),
                                     answer_text(line.answer), std::move(replayed)});
}

}  // namespace voucher
