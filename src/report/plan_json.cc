#include "report/plan_json.h"

#include <nlohmann/json.hpp>

#include "report/row_counts_json.h"

namespace voucher {
namespace {

using Json = nlohmann::ordered_json;

template <class T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json();
}

template <class T, class Render>
Json list_of(const std::vector<T>& items, const Render& render) {
  Json list = Json::array();
  for (const T& item : items) list.push_back(render(item));
  return list;
}

Json definition_json(const DefinitionChange& change) {
  return {{"section", change.section},
          {"subject", change.subject},
          {"kind", to_string(change.kind)},
          {"text", change.text}};
}

Json move_json(const SegmentMove& move) {
  return {{"from", or_null(move.from)},
          {"to", or_null(move.to)},
          {"rows", move.rows},
          {"renamed", move.renamed}};
}

Json variant_json(const VariantMoves& variant) {
  return {{"segment_name", variant.variant},
          {"moved", variant.moved},
          {"renamed", variant.renamed},
          {"stays", list_of(variant.stays, move_json)},
          {"moves", list_of(variant.moves, move_json)},
          {"groups", list_of(variant.groups, [](const GroupMoves& group) -> Json {
             return {{"group", group.group}, {"moves", list_of(group.moves, move_json)}};
           })}};
}

Json choice_json(const std::optional<Choice>& choice, const std::string& amount_name) {
  if (!choice) return nullptr;
  Json document = {{amount_name, choice->amount}, {"support", choice->support},
                   {"total", choice->total},      {"share", choice->share()},
                   {"runner_up", nullptr},        {"tie", choice->tie}};
  if (choice->runner_up)
    document["runner_up"] = {{amount_name, choice->runner_up->amount},
                             {"support", choice->runner_up->support}};
  return document;
}

Json cells_json(const PlanReport& report) {
  return {{"same_choice", report.cells.same_choice},
          {"other_counts", report.cells.other_counts},
          {"changes", list_of(report.cells.changes, [&](const CellChange& change) -> Json {
             return {{"kind", to_string(change.kind)},
                     {"group", change.group},
                     {"segment_name", or_null(change.variant)},
                     {"segment_before", or_null(change.segment_before)},
                     {"segment_after", or_null(change.segment_after)},
                     {"before", choice_json(change.before, report.amount_name)},
                     {"after", choice_json(change.after, report.amount_name)}};
           })}};
}

Json money_json(const Money& money) {
  return {{"difference", money.difference()},
          {"before", money.before},
          {"after", money.after},
          {"rows", money.rows},
          {"rows_without_choice", {{"before", money.none_before}, {"after", money.none_after}}}};
}

Json group_money_json(const GroupMoney& group) {
  Json document = {{"group", group.group}};
  document.update(money_json(group.money));
  return document;
}

Json all_money_json(const PlanReport& report) {
  Json document = money_json(report.money);
  document["groups"] = list_of(report.by_group, group_money_json);
  document["variants"] = list_of(report.by_variant, [](const VariantMoney& variant) {
    Json entry = {{"segment_name", variant.variant}};
    entry.update(money_json(variant.money));
    entry["groups"] = list_of(variant.groups, group_money_json);
    return entry;
  });
  return document;
}

Json decision_json(const DecisionChange& change) {
  return {
      {"group", change.group}, {"segment_name", change.variant},   {"from", change.from},
      {"to", change.to},       {"before", or_null(change.before)}, {"after", or_null(change.after)},
      {"rows", change.rows}};
}

}  // namespace

Json plan_json(const PlanReport& report) {
  const auto hash = [](const std::string& text) {
    return text.empty() ? Json() : Json(named_hash(text));
  };
  return {{"domain", report.id.domain},
          {"dataset", report.id.dataset},
          {"version", or_null(report.live)},
          {"changes", report.changes()},
          {"snapshot",
           {{"before", hash(report.snapshot_before)}, {"after", hash(report.snapshot_after)}}},
          {"amount", report.amount_name},
          {"group_by", report.group_name},
          {"definition", list_of(report.definition, definition_json)},
          {"rows",
           {{"before", rows_json(report.rows_before)},
            {"after", rows_json(report.rows_after)},
            {"kept", report.flow.kept},
            {"joining", report.flow.joining},
            {"leaving", report.flow.leaving}}},
          {"variants", list_of(report.variants, variant_json)},
          {"variants_added", report.variants_added},
          {"variants_removed", report.variants_removed},
          {"cells", cells_json(report)},
          {"money", all_money_json(report)},
          {"decisions", list_of(report.decisions, decision_json)}};
}

}  // namespace voucher
