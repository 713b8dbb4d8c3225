#include "cli/replay_report.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/progress_lines.h"
#include "cli/report.h"

namespace voucher {
namespace {

using nlohmann::ordered_json;

ordered_json odd_lines_json(const std::vector<OddLine>& lines) {
  ordered_json list = ordered_json::array();
  for (const OddLine& line : lines)
    list.push_back({{"file", line.file}, {"line", line.number}, {"problem", line.problem}});
  return list;
}

ordered_json different_json(const DifferentLine& line) {
  ordered_json differences = ordered_json::array();
  for (const Difference difference : line.differences) differences.push_back(to_string(difference));
  return {{"file", line.file},
          {"line", line.number},
          {"decision_id", line.decision_id},
          {"differences", std::move(differences)},
          {"request", ordered_json::parse(line.request, nullptr, false)},
          {"logged", line.logged},
          {"replayed", line.replayed.empty() ? ordered_json() : ordered_json(line.replayed)}};
}

std::string with_sign(std::int64_t number) {
  return (number > 0 ? "+" : "") + with_thousands(number);
}

std::string joined(const std::vector<Difference>& differences) {
  std::string text;
  for (const Difference difference : differences)
    text += fmt::format("{}{}", text.empty() ? "" : ", ", to_string(difference));
  return text;
}

std::string counts_text(const ReplayReport& report) {
  std::string text;
  const auto line = [&text](std::string_view name, std::int64_t count) {
    text += fmt::format("  {:<26}{:>14}\n", name, with_thousands(count));
  };
  line("lines", report.lines);
  if (report.other_datasets > 0) line("  of other datasets", report.other_datasets);
  if (report.malformed > 0) line("  malformed", report.malformed);
  line("replayed", report.decisions);
  line("  the same", report.same);
  line("  different", report.different());
  for (const auto& [difference, count] : report.differences)
    line(fmt::format("    {}", to_string(difference)), count);
  for (const auto& [reason, count] : report.refused_by) line("      " + reason, count);
  return text;
}

std::string moves_text(const ReplayReport& report) {
  std::vector<std::vector<std::string>> reasons{{"reason", "", "decisions", "money"}};
  for (const auto& [key, moved] : report.reasons)
    reasons.push_back({key.first, "-> " + key.second, with_thousands(moved.decisions),
                       with_thousands(moved.money)});
  std::string text = "\n" + table_text(reasons);
  if (!report.segments.empty()) {
    std::vector<std::vector<std::string>> segments{
        {"variant", "segment", "", "decisions", "money"}};
    for (const auto& [key, moved] : report.segments)
      segments.push_back({std::get<0>(key), std::get<1>(key), "-> " + std::get<2>(key),
                          with_thousands(moved.decisions), with_thousands(moved.money)});
    text += "\n" + table_text(segments);
  }
  return text + fmt::format("\nmoney: {} answered, {} now, {}\n",
                            with_thousands(report.money_logged),
                            with_thousands(report.money_replayed),
                            with_sign(report.money_replayed - report.money_logged));
}

std::string lines_text(const ReplayReport& report) {
  std::string text;
  for (const DifferentLine& line : report.first_different) {
    text += fmt::format("\n{}:{}  {}  {}\n  request   {}\n  answered  {}\n", line.file, line.number,
                        line.decision_id, joined(line.differences), line.request, line.logged);
    if (!line.replayed.empty()) text += fmt::format("  replayed  {}\n", line.replayed);
  }
  for (const OddLine& line : report.first_malformed)
    text += fmt::format("\n{}:{}  malformed: {}\n", line.file, line.number, line.problem);
  const auto shown =
      static_cast<std::int64_t>(report.first_different.size() + report.first_malformed.size());
  const std::int64_t rest = report.different() + report.malformed - shown;
  if (rest > 0) text += fmt::format("\nand {} more: --show prints more\n", with_thousands(rest));
  return text;
}

}  // namespace

ordered_json replay_json(const ReplayReport& report, const ReplayFrame& frame) {
  ordered_json differences = ordered_json::object();
  for (const auto& [difference, count] : report.differences)
    differences[std::string(to_string(difference))] = count;
  ordered_json reasons = ordered_json::array();
  for (const auto& [key, moved] : report.reasons)
    reasons.push_back({{"from", key.first},
                       {"to", key.second},
                       {"decisions", moved.decisions},
                       {"money", moved.money}});
  ordered_json segments = ordered_json::array();
  for (const auto& [key, moved] : report.segments)
    segments.push_back({{"variant", std::get<0>(key)},
                        {"from", std::get<1>(key)},
                        {"to", std::get<2>(key)},
                        {"decisions", moved.decisions},
                        {"money", moved.money}});
  ordered_json first = ordered_json::array();
  for (const DifferentLine& line : report.first_different) first.push_back(different_json(line));
  return {{"against", frame.against.empty() ? ordered_json() : ordered_json(frame.against)},
          {"lines", report.lines},
          {"decisions", report.decisions},
          {"same", report.same},
          {"different", report.different()},
          {"other_datasets", report.other_datasets},
          {"malformed", report.malformed},
          {"differences", std::move(differences)},
          {"refused_by", report.refused_by},
          {"reasons", std::move(reasons)},
          {"segments", std::move(segments)},
          {"money",
           {{"logged", report.money_logged},
            {"replayed", report.money_replayed},
            {"difference", report.money_replayed - report.money_logged}}},
          {"first_different", std::move(first)},
          {"first_malformed", odd_lines_json(report.first_malformed)},
          {"torn", odd_lines_json(report.torn)},
          {"seconds", frame.seconds}};
}

std::string replay_text(const ReplayReport& report, const ReplayFrame& frame, bool with_moves) {
  const std::string against =
      frame.against.empty() ? "the versions that answered" : std::string(frame.against);
  std::string text = fmt::format("replayed against {} in {:.2f} s\n\n{}", against, frame.seconds,
                                 counts_text(report));
  if (with_moves) return text + moves_text(report);
  return text + lines_text(report);
}

}  // namespace voucher
