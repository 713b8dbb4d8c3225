#include "report/plan_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "report/text_table.h"

namespace voucher {
namespace {

using Table = std::vector<std::vector<std::string>>;

constexpr std::string_view kNotProcessed = "(not processed)";

std::string shown(const Whereabouts& where) {
  return where.value_or(std::string(kNotProcessed));
}

std::string amount_text(std::optional<std::int64_t> amount) {
  return amount ? with_thousands(*amount) : "none";
}

/// A table below its title, indented; long ones end with the number of lines left out.
std::string section(std::string_view title, Table table, const PlanTextOptions& options) {
  const std::size_t lines = table.size() - 1;
  if (lines > options.longest_table) table.resize(options.longest_table + 1);
  std::string text = fmt::format("\n{}\n", title);
  const std::string body = table_text(table);
  for (std::size_t begin = 0; begin < body.size();) {
    const std::size_t end = body.find('\n', begin);
    text += "  " + body.substr(begin, end - begin) + "\n";
    begin = end + 1;
  }
  if (lines > options.longest_table) {
    text += fmt::format("  … and {} more: --json and --html have them all\n",
                        lines - options.longest_table);
  }
  return text;
}

std::string definition_text(const PlanReport& report) {
  if (report.definition.empty()) return "";
  std::string text = "\nDefinition\n";
  for (const DefinitionChange& change : report.definition) {
    const char mark = change.kind == ChangeKind::kAdded     ? '+'
                      : change.kind == ChangeKind::kRemoved ? '-'
                                                            : '~';
    text += fmt::format("  {} {}\n", mark, change.text);
  }
  return text;
}

std::string rows_text(const PlanReport& report, const PlanTextOptions& options) {
  const RowCounts& before = report.rows_before;
  const RowCounts& after = report.rows_after;
  if (before == after && report.flow.joining == 0 && report.flow.leaving == 0)
    return fmt::format("\nRows: the same {} are processed\n", with_thousands(after.processed));
  Table table{{"", "live", "planned", "difference"}};
  const auto add = [&](std::string name, std::int64_t old, std::int64_t now) {
    table.push_back(
        {std::move(name), with_thousands(old), with_thousands(now), with_sign(now - old)});
  };
  add("raw", before.raw, after.raw);
  add("processed", before.processed, after.processed);
  add("rejected", before.rejected, after.rejected);
  std::set<std::string> reasons;
  for (const RowCounts* rows : {&before, &after}) {
    for (const auto& [reason, count] : rows->rejected_by) reasons.insert(reason);
  }
  const auto count = [](const RowCounts& rows, const std::string& reason) {
    const auto found = rows.rejected_by.find(reason);
    return found == rows.rejected_by.end() ? std::int64_t{0} : found->second;
  };
  for (const std::string& reason : reasons)
    add("  " + reason, count(before, reason), count(after, reason));
  add("duplicates", before.duplicates, after.duplicates);
  return section("Rows", std::move(table), options) +
         fmt::format("  {} rows stay processed, {} become so, {} stop\n",
                     with_thousands(report.flow.kept), with_thousands(report.flow.joining),
                     with_thousands(report.flow.leaving));
}

void add_moves(Table& table, const std::string& group, const std::vector<SegmentMove>& moves) {
  for (const SegmentMove& move : moves) {
    table.push_back({group, shown(move.from), shown(move.to), with_thousands(move.rows),
                     move.renamed ? "renamed" : ""});
  }
}

std::string moves_text(const PlanReport& report, const PlanTextOptions& options) {
  std::string text;
  for (const VariantMoves& variant : report.variants) {
    if (variant.moves.empty()) {
      text += fmt::format("\nMoves in {}: none\n", variant.variant);
      continue;
    }
    Table table{{report.group_name, "from", "to", "rows", ""}};
    add_moves(table, "all", variant.moves);
    for (const GroupMoves& group : variant.groups) add_moves(table, group.group, group.moves);
    text += section(fmt::format("Moves in {}: {} of {} rows", variant.variant,
                                with_thousands(variant.moved), with_thousands(report.flow.kept)),
                    std::move(table), options);
  }
  return text;
}

std::string segment_text(const CellChange& change) {
  if (!change.variant) return "(all)";
  if (change.segment_before == change.segment_after) return *change.segment_after;
  return fmt::format("{} -> {}", change.segment_before.value_or("(new)"),
                     change.segment_after.value_or("(gone)"));
}

std::string cells_text(const PlanReport& report, const PlanTextOptions& options) {
  const std::vector<CellChange>& changes = report.cells.changes;
  const std::string rest =
      fmt::format("{} stay, {} of them with other counts", with_thousands(report.cells.same_choice),
                  with_thousands(report.cells.other_counts));
  if (changes.empty()) return fmt::format("\nChoices: none changes, {}\n", rest);
  Table table{{report.group_name, "variant", "segment", "choice", "live", "planned"}};
  for (const CellChange& change : changes) {
    table.push_back({change.group, change.variant.value_or("(whole group)"), segment_text(change),
                     std::string(to_string(change.kind)), choice_text(change.before),
                     choice_text(change.after)});
  }
  const auto number = [&](CellChangeKind kind) {
    return std::ranges::count(changes, kind, &CellChange::kind);
  };
  return section(fmt::format("Choices: {} appear, {} change, {} disappear; {}",
                             number(CellChangeKind::kAppears), number(CellChangeKind::kChanges),
                             number(CellChangeKind::kDisappears), rest),
                 std::move(table), options);
}

std::string decisions_text(const PlanReport& report, const PlanTextOptions& options) {
  if (report.decisions.empty()) return "\nDecided amounts: no row would get another one\n";
  Table table{{report.group_name, "variant", "from", "to", "live", "planned", "rows"}};
  for (const DecisionChange& change : report.decisions) {
    table.push_back({change.group, change.variant, change.from, change.to,
                     amount_text(change.before), amount_text(change.after),
                     with_thousands(change.rows)});
  }
  return section("Decided amounts that change", std::move(table), options);
}

void add_money(Table& table, std::string variant, std::string group, const Money& money) {
  table.push_back({std::move(variant), std::move(group), with_thousands(money.rows),
                   with_thousands(money.before), with_thousands(money.after),
                   with_sign(money.difference()), with_thousands(money.none_before),
                   with_thousands(money.none_after)});
}

std::string money_text(const PlanReport& report, const PlanTextOptions& options) {
  if (report.money.rows == 0) return "";
  if (report.decisions.empty())
    return fmt::format("\nMoney: no difference, {} over {} rows\n",
                       with_thousands(report.money.after), with_thousands(report.money.rows));
  Table table{{"variant", report.group_name, "rows", "live", "planned", "difference",
               "live: no choice", "planned: no choice"}};
  for (const VariantMoney& variant : report.by_variant) {
    add_money(table, variant.variant, "all", variant.money);
    for (const GroupMoney& group : variant.groups)
      if (group.money.difference() != 0 || group.money.none_before != group.money.none_after)
        add_money(table, variant.variant, group.group, group.money);
  }
  if (report.by_variant.size() > 1) add_money(table, "all", "all", report.money);
  return section(
      fmt::format("Money: sum of the decided {} over the rows that stay", report.amount_name),
      std::move(table), options);
}

std::string names_text(std::string_view what, const std::vector<std::string>& names) {
  if (names.empty()) return "";
  return fmt::format("\nVariants {}: {}; moves and money leave them out\n", what,
                     fmt::join(names, ", "));
}

}  // namespace

std::string choice_text(const std::optional<Choice>& choice) {
  if (!choice) return "none";
  return fmt::format("{} ({} of {}, {:.1f} %)", with_thousands(choice->amount),
                     with_thousands(choice->support), with_thousands(choice->total),
                     100 * choice->share());
}

std::string plan_headline(const PlanReport& report) {
  const std::string name = report.id.domain + "/" + report.id.dataset;
  if (!report.live)
    return fmt::format("{}: nothing is live yet, a run would make the first version", name);
  if (!report.changes())
    return fmt::format("{}: nothing changes against version {}", name, *report.live);
  return fmt::format("{}: a run would change version {}", name, *report.live);
}

std::string plan_text(const PlanReport& report, const PlanTextOptions& options) {
  std::string text = plan_headline(report) + "\n";
  if (!report.changes()) return text;
  text += definition_text(report);
  text += names_text("added", report.variants_added);
  text += names_text("removed", report.variants_removed);
  text += rows_text(report, options);
  text += moves_text(report, options);
  text += cells_text(report, options);
  text += decisions_text(report, options);
  text += money_text(report, options);
  return text + fmt::format("\nSnapshot: sha256:{}\n", report.snapshot_after);
}

}  // namespace voucher
