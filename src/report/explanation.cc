#include "report/explanation.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "report/text_table.h"

namespace voucher {
namespace {

using nlohmann::ordered_json;
using Table = std::vector<std::vector<std::string>>;

std::string shown(const ordered_json& value) {
  if (value.is_string()) return value.get<std::string>();
  return value.is_null() ? "none" : value.dump();
}

template <class T>
ordered_json or_null(const std::optional<T>& value) {
  return value ? ordered_json(*value) : ordered_json();
}

/// Numbers as numbers where the column is one; original values stay the text that they are.
ordered_json values_json(const Dataset& dataset, const EvidenceRow& row, bool typed) {
  ordered_json document = ordered_json::object();
  for (ColumnIndex i = 0; i < row.values.size(); ++i) {
    const Column& column = dataset.source.columns[i];
    const auto& value = row.values[i];
    const bool number = typed && column.type == ColumnType::kInteger && value;
    document[column.name] = number ? ordered_json::parse(*value) : or_null(value);
  }
  return document;
}

ordered_json row_json(const Dataset& dataset, const EvidenceRow& row, bool typed) {
  return {{"source_file", row.source_file},
          {"source_row", or_null(row.source_row)},
          {"values", values_json(dataset, row, typed)}};
}

ordered_json cell_json(const Dataset& dataset, const CellName& cell) {
  return {{"group", cell.group},
          {"segment_name",
           cell.variant ? ordered_json(dataset.variants[*cell.variant].name) : ordered_json()},
          {"segment", or_null(cell.segment)}};
}

ordered_json rows_json(const Explanation& explanation) {
  const CellEvidence& evidence = *explanation.evidence;
  ordered_json items = ordered_json::array();
  for (const EvidenceRow& row : evidence.rows)
    items.push_back(row_json(explanation.dataset, row, true));
  return {{"cell", cell_json(explanation.dataset, explanation.decided)},
          {"total", evidence.counts.rows()},
          {"items", std::move(items)}};
}

ordered_json rejected_json(const Explanation& explanation) {
  const CellEvidence& evidence = *explanation.evidence;
  ordered_json items = ordered_json::array();
  for (const EvidenceReject& reject : evidence.rejects) {
    ordered_json item = row_json(explanation.dataset, reject.row, false);
    item["reason"] = reject.reasons.front();
    item["reasons"] = reject.reasons;
    item["segment_known"] = reject.segment_known;
    items.push_back(std::move(item));
  }
  return {{"total", evidence.rejected},
          {"rejected_by", evidence.rejected_by},
          {"items", std::move(items)}};
}

std::string indented(const Table& table) {
  std::string text = "  " + table_text(table);
  for (std::size_t at = text.find('\n'); at + 1 < text.size(); at = text.find('\n', at + 1))
    text.insert(at + 1, "  ");
  return text;
}

std::string counts_text(const AmountCounts& counts, const std::string& amount_name) {
  std::vector<std::pair<std::int64_t, std::int64_t>> order(counts.by_amount.begin(),
                                                           counts.by_amount.end());
  std::ranges::sort(order, {},
                    [](const auto& entry) { return std::pair(-entry.second, entry.first); });
  Table table{{amount_name, "rows", "share"}};
  for (const auto& [amount, rows] : order) {
    table.push_back({std::to_string(amount), with_thousands(rows),
                     fmt::format("{:.1f} %", 100.0 * static_cast<double>(rows) /
                                                 static_cast<double>(counts.with_amount()))});
  }
  if (counts.null_rows > 0) table.push_back({"NULL", with_thousands(counts.null_rows), ""});
  return indented(table);
}

/// Where rows stand, then their values; what is said of each row comes last.
Table row_table(const Dataset& dataset, const std::vector<std::string>& more) {
  Table table{{"file", "row"}};
  for (const Column& column : dataset.source.columns) table[0].push_back(column.name);
  table[0].insert(table[0].end(), more.begin(), more.end());
  return table;
}

std::vector<std::string> row_cells(const EvidenceRow& row) {
  std::vector<std::string> cells{row.source_file,
                                 row.source_row ? std::to_string(*row.source_row) : "?"};
  for (const auto& value : row.values) cells.push_back(value.value_or("NULL"));
  return cells;
}

std::string cell_name(const Explanation& explanation) {
  const CellName& cell = explanation.decided;
  if (!cell.variant) return explanation.group;
  return fmt::format("{} {} {}", explanation.group,
                     explanation.dataset.variants[*cell.variant].name,
                     cell.segment.value_or("unsegmented"));
}

std::string rows_text(const Explanation& explanation) {
  const CellEvidence& evidence = *explanation.evidence;
  std::string text = fmt::format("\nRows of {}: {} of {}\n", cell_name(explanation),
                                 with_thousands(static_cast<std::int64_t>(evidence.rows.size())),
                                 with_thousands(evidence.counts.rows()));
  if (evidence.rows.empty()) return text;
  Table table = row_table(explanation.dataset, {});
  for (const EvidenceRow& row : evidence.rows) table.push_back(row_cells(row));
  return text + indented(table);
}

std::string rejected_text(const Explanation& explanation) {
  const CellEvidence& evidence = *explanation.evidence;
  std::string text = fmt::format("\nRejected rows of {}: {} of {}\n", cell_name(explanation),
                                 with_thousands(static_cast<std::int64_t>(evidence.rejects.size())),
                                 with_thousands(evidence.rejected));
  if (evidence.rejects.empty()) return text;
  Table reasons{{"reason", "rows"}};
  for (const auto& [reason, rows] : evidence.rejected_by)
    reasons.push_back({reason, with_thousands(rows)});
  Table table = row_table(explanation.dataset, {"reasons", "segment"});
  for (const EvidenceReject& reject : evidence.rejects) {
    table.push_back(row_cells(reject.row));
    table.back().push_back(fmt::format("{}", fmt::join(reject.reasons, ", ")));
    table.back().push_back(reject.segment_known ? "" : "cannot be told");
  }
  return text + indented(reasons) + "\n" + indented(table);
}

std::string times_text(const ordered_json& answer) {
  if (!answer.contains("as_of")) return "";
  std::string text = fmt::format("  as of {}, valid until {}", shown(answer["as_of"]),
                                 shown(answer["valid_until"]));
  if (!answer["valid_until"].is_null())
    text +=
        fmt::format(", then {}", answer["next_segment"].is_null() ? "unsegmented"
                                                                  : shown(answer["next_segment"]));
  return text + "\n";
}

std::string evidence_text(const ordered_json& evidence) {
  if (!evidence.is_object()) return "";
  std::string text =
      fmt::format("  {} of {} rows", evidence["support"].dump(), evidence["total"].dump());
  if (evidence["runner_up"].is_object())
    text += fmt::format(", runner-up {}", evidence["runner_up"].dump());
  return text + (evidence["tie"] == true ? ", a tie: the lowest amount wins\n" : "\n");
}

/// "Peru is 61-90 in recency_segment", or the group alone.
std::string place_text(const Explanation& explanation) {
  const ordered_json& answer = explanation.answer;
  if (answer["segment_name"].is_null()) return explanation.group + " as a whole";
  return fmt::format("{} is {} in {}{}", explanation.group,
                     answer["segment"].is_null() ? "unsegmented" : shown(answer["segment"]),
                     shown(answer["segment_name"]),
                     answer["reason"] == "FALLBACK_GROUP"
                         ? ", which has no choice: the whole group's is taken"
                         : "");
}

}  // namespace

ordered_json explanation_json(const Explanation& explanation) {
  ordered_json document = explanation.answer;
  document["amounts"] = ordered_json::array();
  for (const auto& [amount, rows] : explanation.counts.by_amount)
    document["amounts"].push_back({{"amount", amount}, {"rows", rows}});
  document["null_rows"] = explanation.counts.null_rows;
  if (!explanation.evidence) return document;
  document["rows"] = rows_json(explanation);
  document["rejected"] = rejected_json(explanation);
  return document;
}

std::string explanation_text(const Explanation& explanation) {
  const ordered_json& answer = explanation.answer;
  const Dataset& dataset = explanation.dataset;
  const std::string& amount_name = dataset.source.columns[dataset.decision.amount].name;
  std::string text = fmt::format("{} {}\n", amount_name, shown(answer[amount_name]));
  text += fmt::format("  {}: {}\n", shown(answer["reason"]), place_text(explanation));
  text += evidence_text(answer["evidence"]);
  text += times_text(answer);
  text += fmt::format("  version {}, snapshot {}\n", answer["version"].dump(),
                      shown(answer["snapshot"]));
  if (explanation.counts.rows() > 0) text += "\n" + counts_text(explanation.counts, amount_name);
  if (explanation.evidence) text += rows_text(explanation) + rejected_text(explanation);
  return text;
}

}  // namespace voucher
