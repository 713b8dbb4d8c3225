#include "report/plan_html.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>

#include "report/flow_picture.h"
#include "report/plan_style.h"
#include "report/plan_text.h"
#include "report/text_table.h"

namespace voucher {
namespace {

std::string percent(std::int64_t part, std::int64_t whole) {
  if (whole == 0) return "";
  return fmt::format("{:.1f} %", 100 * static_cast<double>(part) / static_cast<double>(whole));
}

std::string number_cell(std::int64_t number) {
  return fmt::format("<td class=\"n\">{}</td>", with_thousands(number));
}

std::string signed_cell(std::int64_t number) {
  const char* kind = number > 0 ? "up" : number < 0 ? "down" : "same";
  return fmt::format("<td class=\"n {}\">{}</td>", kind, with_sign(number));
}

std::string text_cell(std::string_view text) {
  return fmt::format("<td>{}</td>", html_text(text));
}

std::string amount_cell(std::optional<std::int64_t> amount) {
  return amount ? number_cell(*amount) : "<td class=\"n none\">none</td>";
}

/// Heads that start with # stand above numbers.
std::string table(const std::vector<std::string>& head, const std::string& rows) {
  std::string text = "<div class=\"scroll\"><table><thead><tr>";
  for (const std::string& name : head) {
    text += name.starts_with('#') ? "<th class=\"n\">" + html_text(name.substr(1)) + "</th>"
                                  : "<th>" + html_text(name) + "</th>";
  }
  return text + "</tr></thead><tbody>" + rows + "</tbody></table></div>";
}

std::string tile(std::string_view name, const std::string& value, const std::string& note) {
  return fmt::format("<div class=\"tile\"><b>{}</b><span>{}</span><small>{}</small></div>", value,
                     html_text(name), html_text(note));
}

std::string tiles(const PlanReport& report) {
  std::string text = "<div class=\"tiles\">";
  for (const VariantMoves& variant : report.variants) {
    text += tile("rows move in " + variant.variant, with_thousands(variant.moved),
                 percent(variant.moved, report.flow.kept));
  }
  if (report.flow.joining > 0 || report.flow.leaving > 0) {
    text += tile("rows join or leave",
                 fmt::format("{} / {}", with_thousands(report.flow.joining),
                             with_thousands(report.flow.leaving)),
                 "processed in one state only");
  }
  text +=
      tile("choices change", with_thousands(static_cast<std::int64_t>(report.cells.changes.size())),
           fmt::format("{} stay", with_thousands(report.cells.same_choice)));
  text += tile("money", with_sign(report.money.difference()),
               fmt::format("{}, decided over {} rows", report.amount_name,
                           with_thousands(report.money.rows)));
  return text + "</div>";
}

std::string definition_section(const PlanReport& report) {
  if (report.definition.empty()) return "";
  std::string items;
  for (const DefinitionChange& change : report.definition) {
    items += fmt::format("<li class=\"{}\"><code>{}</code> {}</li>", to_string(change.kind),
                         html_text(change.section), html_text(change.text));
  }
  return "<section><h2>Definition</h2><ul class=\"diff\">" + items + "</ul></section>";
}

std::string count_row(const std::string& name, std::int64_t before, std::int64_t after) {
  return "<tr>" + text_cell(name) + number_cell(before) + number_cell(after) +
         signed_cell(after - before) + "</tr>";
}

std::string rows_section(const PlanReport& report) {
  const RowCounts& before = report.rows_before;
  const RowCounts& after = report.rows_after;
  std::string rows = count_row("raw", before.raw, after.raw) +
                     count_row("processed", before.processed, after.processed) +
                     count_row("rejected", before.rejected, after.rejected);
  std::set<std::string> reasons;
  for (const RowCounts* counts : {&before, &after}) {
    for (const auto& [reason, count] : counts->rejected_by) reasons.insert(reason);
  }
  const auto count = [](const RowCounts& counts, const std::string& reason) {
    const auto found = counts.rejected_by.find(reason);
    return found == counts.rejected_by.end() ? std::int64_t{0} : found->second;
  };
  for (const std::string& reason : reasons)
    rows += count_row("\u00a0\u00a0" + reason, count(before, reason), count(after, reason));
  rows += count_row("duplicates", before.duplicates, after.duplicates);
  return "<section><h2>Rows</h2>" + table({"", "#live", "#planned", "#difference"}, rows) +
         fmt::format("<p>{} rows stay processed, {} become so, {} stop.</p></section>",
                     with_thousands(report.flow.kept), with_thousands(report.flow.joining),
                     with_thousands(report.flow.leaving));
}

std::string move_rows(const std::string& group, const std::vector<SegmentMove>& moves) {
  std::string rows;
  for (const SegmentMove& move : moves) {
    rows += "<tr>" + text_cell(group) + text_cell(move.from.value_or("not processed")) +
            text_cell(move.to.value_or("not processed")) + number_cell(move.rows) +
            text_cell(move.renamed ? "renamed" : "") + "</tr>";
  }
  return rows;
}

std::string moves_section(const PlanReport& report, const VariantMoves& variant) {
  std::string text = fmt::format("<section><h2>Moves in {}</h2><p>{} of {} rows move.</p>",
                                 html_text(variant.variant), with_thousands(variant.moved),
                                 with_thousands(report.flow.kept));
  text += flow_picture(variant);
  if (variant.moves.empty()) return text + "</section>";
  std::string groups;
  for (const GroupMoves& group : variant.groups) groups += move_rows(group.group, group.moves);
  return text +
         table({report.group_name, "from", "to", "#rows", ""}, move_rows("all", variant.moves)) +
         "<details><summary>By " + html_text(report.group_name) + "</summary>" +
         table({report.group_name, "from", "to", "#rows", ""}, groups) + "</details></section>";
}

std::string cell_row(const CellChange& change) {
  const std::string before = change.segment_before.value_or("(new)");
  const std::string after = change.segment_after.value_or("(gone)");
  const std::string segment = !change.variant     ? "(all)"
                              : (before == after) ? after
                                                  : before + " → " + after;
  return fmt::format("<tr class=\"{}\">", to_string(change.kind)) + text_cell(change.group) +
         text_cell(change.variant.value_or("(whole group)")) + text_cell(segment) +
         fmt::format("<td><span class=\"kind\">{}</span></td>", to_string(change.kind)) +
         text_cell(choice_text(change.before)) + text_cell(choice_text(change.after)) + "</tr>";
}

std::string cells_section(const PlanReport& report) {
  std::string text = fmt::format(
      "<section><h2>Choices</h2><p>{} change; {} stay, {} of them with other counts.</p>",
      with_thousands(static_cast<std::int64_t>(report.cells.changes.size())),
      with_thousands(report.cells.same_choice), with_thousands(report.cells.other_counts));
  if (report.cells.changes.empty()) return text + "</section>";
  std::string rows;
  for (const CellChange& change : report.cells.changes) rows += cell_row(change);
  return text +
         table({report.group_name, "variant", "segment", "choice", "live", "planned"}, rows) +
         "</section>";
}

std::string decisions_section(const PlanReport& report) {
  if (report.decisions.empty())
    return "<section><h2>Decided amounts</h2><p>No row would get another one.</p></section>";
  std::string rows;
  for (const DecisionChange& change : report.decisions) {
    rows += "<tr>" + text_cell(change.group) + text_cell(change.variant) + text_cell(change.from) +
            text_cell(change.to) + amount_cell(change.before) + amount_cell(change.after) +
            number_cell(change.rows) + "</tr>";
  }
  return "<section><h2>Decided amounts that change</h2>" +
         table({report.group_name, "variant", "from", "to", "#live", "#planned", "#rows"}, rows) +
         "</section>";
}

std::string money_row(const std::string& variant, const std::string& group, const Money& money,
                      bool strong) {
  return std::string(strong ? "<tr class=\"sum\">" : "<tr>") + text_cell(variant) +
         text_cell(group) + number_cell(money.rows) + number_cell(money.before) +
         number_cell(money.after) + signed_cell(money.difference()) +
         number_cell(money.none_before) + number_cell(money.none_after) + "</tr>";
}

std::string money_section(const PlanReport& report) {
  if (report.money.rows == 0) return "";
  std::string rows;
  for (const VariantMoney& variant : report.by_variant) {
    rows += money_row(variant.variant, "all", variant.money, true);
    for (const GroupMoney& group : variant.groups)
      rows += money_row(variant.variant, group.group, group.money, false);
  }
  if (report.by_variant.size() > 1) rows += money_row("all", "all", report.money, true);
  return fmt::format(
             "<section><h2>Money</h2><p>The {} that each row would be decided, by segment, else by "
             "{}, added up over the rows that stay processed; a row counts once for each variant, "
             "and no choice counts as zero.</p>",
             html_text(report.amount_name), html_text(report.group_name)) +
         table({"variant", report.group_name, "#rows", "#live", "#planned", "#difference",
                "#live: no choice", "#planned: no choice"},
               rows) +
         "</section>";
}

std::string names_note(std::string_view what, const std::vector<std::string>& names) {
  if (names.empty()) return "";
  return fmt::format("<p class=\"note\">Variants {}: {}. Moves and money leave them out.</p>", what,
                     html_text(fmt::format("{}", fmt::join(names, ", "))));
}

}  // namespace

std::string plan_html(const PlanReport& report, const PlanPageFacts& facts) {
  const std::string headline = html_text(plan_headline(report));
  std::string text = fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
      "<title>{}</title><style>{}</style></head><body><main><h1>{}</h1>",
      headline, kPlanStyle, headline);
  if (report.changes()) {
    text += tiles(report) + definition_section(report) +
            names_note("added", report.variants_added) +
            names_note("removed", report.variants_removed) + rows_section(report);
    for (const VariantMoves& variant : report.variants) text += moves_section(report, variant);
    text += cells_section(report) + decisions_section(report) + money_section(report);
  }
  return text + fmt::format(
                    "<footer>Made {} by {}. Snapshot <code>sha256:{}</code>{}.</footer></main>"
                    "</body></html>\n",
                    html_text(facts.made_at), html_text(facts.made_by), report.snapshot_after,
                    report.live
                        ? fmt::format(", live <code>sha256:{}</code>", report.snapshot_before)
                        : "");
}

}  // namespace voucher
