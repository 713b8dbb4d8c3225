#include "decision/definition_json.h"

#include <array>
#include <nlohmann/json.hpp>

namespace voucher {
namespace {

using nlohmann::json;

template <class Enum, std::size_t N>
Result<Enum> enum_of(const std::array<Enum, N>& values, const std::string& word) {
  for (const Enum value : values) {
    if (to_string(value) == word) return value;
  }
  return fail(ErrorKind::kRefused, "snapshot's definition has an unknown word: {}", word);
}

constexpr std::array kColumnTypes{ColumnType::kTimestamp, ColumnType::kString,
                                  ColumnType::kInteger};
constexpr std::array kFormats{SourceFormat::kParquet, SourceFormat::kCsv, SourceFormat::kJson};
constexpr std::array kComparisons{Comparison::kLessEqual,    Comparison::kLess,
                                  Comparison::kEqual,        Comparison::kNotEqual,
                                  Comparison::kGreaterEqual, Comparison::kGreater};

// Writing
// ---------------------------------------------------------------------------------------------------

json literal_json(const Literal& literal) {
  if (const auto* number = std::get_if<std::int64_t>(&literal)) return *number;
  if (const auto* instant = std::get_if<Timestamp>(&literal)) return {{"micros", instant->micros}};
  return std::get<std::string>(literal);
}

json rule_json(const Source& source, const Rule& rule) {
  json document = {{"id", rule.id}};
  if (const auto* membership = std::get_if<Membership>(&rule.condition)) {
    document["column"] = source.columns[membership->column].name;
    document["in"] = json::array();
    for (const Literal& value : membership->values) document["in"].push_back(literal_json(value));
    return document;
  }
  const auto& comparison = std::get<ColumnComparison>(rule.condition);
  document["column"] = source.columns[comparison.left].name;
  document["comparison"] = to_string(comparison.comparison);
  if (const auto* other = std::get_if<ColumnIndex>(&comparison.right)) {
    document["other_column"] = source.columns[*other].name;
  } else {
    document["literal"] = literal_json(std::get<Literal>(comparison.right));
  }
  return document;
}

json range_json(const Range& range) {
  json document = json::object();
  if (range.from) document["from"] = *range.from;
  if (range.to) document["to"] = *range.to;
  return document;
}

json variant_json(const Source& source, const Variant& variant) {
  json document = {
      {"name", variant.name}, {"segments", json::array()}, {"allow_gaps", json::array()}};
  if (const auto* days = std::get_if<DaysBetween>(&variant.value)) {
    document["days_since"] = source.columns[days->column].name;
    document["clock"] = source.columns[days->clock].name;
  } else {
    document["column"] = source.columns[std::get<ColumnValue>(variant.value).column].name;
  }
  for (const Segment& segment : variant.segments) {
    json entry = range_json(segment.range);
    entry["label"] = segment.label;
    document["segments"].push_back(std::move(entry));
  }
  for (const Range& gap : variant.allow_gaps) document["allow_gaps"].push_back(range_json(gap));
  return document;
}

// Reading
// ---------------------------------------------------------------------------------------------------

/// A name in the document -> its column.
Result<ColumnIndex> column_of(const Dataset& dataset, const json& name) {
  const auto index = dataset.find_column(name.get_ref<const std::string&>());
  if (!index) {
    return fail(ErrorKind::kRefused, "snapshot's definition names an unknown column: {}",
                name.get<std::string>());
  }
  return *index;
}

Literal literal_of(const json& document) {
  if (document.is_object()) return Timestamp{document.at("micros").get<std::int64_t>()};
  if (document.is_string()) return document.get<std::string>();
  return document.get<std::int64_t>();
}

Result<Rule> rule_of(const Dataset& dataset, const json& document) {
  Rule rule;
  rule.id = document.at("id").get<std::string>();
  const ColumnIndex column = TRY(column_of(dataset, document.at("column")));
  if (document.contains("in")) {
    Membership membership{column, {}};
    for (const json& value : document.at("in")) membership.values.push_back(literal_of(value));
    rule.condition = std::move(membership);
    return rule;
  }
  ColumnComparison comparison;
  comparison.left = column;
  comparison.comparison = TRY(enum_of(kComparisons, document.at("comparison").get<std::string>()));
  if (document.contains("other_column")) {
    comparison.right = TRY(column_of(dataset, document.at("other_column")));
  } else {
    comparison.right = literal_of(document.at("literal"));
  }
  rule.condition = std::move(comparison);
  return rule;
}

Range range_of(const json& document) {
  Range range;
  if (document.contains("from")) range.from = document.at("from").get<std::int64_t>();
  if (document.contains("to")) range.to = document.at("to").get<std::int64_t>();
  return range;
}

Result<Variant> variant_of(const Dataset& dataset, const json& document) {
  Variant variant;
  variant.name = document.at("name").get<std::string>();
  if (document.contains("days_since")) {
    DaysBetween days;
    days.column = TRY(column_of(dataset, document.at("days_since")));
    days.clock = TRY(column_of(dataset, document.at("clock")));
    variant.value = days;
  } else {
    variant.value = ColumnValue{TRY(column_of(dataset, document.at("column")))};
  }
  for (const json& entry : document.at("segments")) {
    variant.segments.push_back({entry.at("label").get<std::string>(), range_of(entry)});
  }
  for (const json& gap : document.at("allow_gaps")) variant.allow_gaps.push_back(range_of(gap));
  return variant;
}

Result<DecisionPolicy> decision_of(const Dataset& dataset, const json& document) {
  DecisionPolicy policy;
  policy.subject.name = document.at("subject").at("name").get<std::string>();
  policy.subject.type =
      TRY(enum_of(kColumnTypes, document.at("subject").at("type").get<std::string>()));
  policy.amount = TRY(column_of(dataset, document.at("amount")));
  policy.group_by = TRY(column_of(dataset, document.at("group_by")));
  policy.choose.ignore_null = document.at("choose").at("ignore_null").get<bool>();
  policy.choose.min_support = document.at("choose").at("min_support").get<std::int64_t>();
  policy.fallback_to_group = !document.at("fallback").empty();
  return policy;
}

}  // namespace

json deciding_json(const Dataset& dataset) {
  const Source& source = dataset.source;
  json columns = json::array();
  for (const Column& column : source.columns) {
    columns.push_back(
        {{"name", column.name}, {"type", to_string(column.type)}, {"nullable", column.nullable}});
  }
  json rules = json::array();
  for (const Rule& rule : dataset.clean.rules) rules.push_back(rule_json(source, rule));
  json variants = json::array();
  for (const Variant& variant : dataset.variants) variants.push_back(variant_json(source, variant));
  const DecisionPolicy& policy = dataset.decision;
  const bool deduplicated = dataset.clean.deduplicate == Deduplicate::kAllColumns;
  return {{"source", {{"format", to_string(source.format)}, {"columns", std::move(columns)}}},
          {"clean",
           {{"rules", std::move(rules)}, {"deduplicate", deduplicated ? "all_columns" : "none"}}},
          {"variants", std::move(variants)},
          {"decision",
           {{"subject", {{"name", policy.subject.name}, {"type", to_string(policy.subject.type)}}},
            {"amount", source.columns[policy.amount].name},
            {"group_by", source.columns[policy.group_by].name},
            {"choose",
             {{"by", "most_used"},
              {"ignore_null", policy.choose.ignore_null},
              {"tie", "lowest_amount"},
              {"min_support", policy.choose.min_support}}},
            {"fallback", policy.fallback_to_group ? json::array({"group"}) : json::array()}}}};
}

bool makes_same_rows(const Dataset& one, const Dataset& other) {
  const json before = deciding_json(one);
  const json after = deciding_json(other);
  return before.at("source") == after.at("source") && before.at("clean") == after.at("clean");
}

Result<Dataset> dataset_from_deciding_json(const json& document) {
  Dataset dataset;
  const json& source = document.at("source");
  dataset.source.format = TRY(enum_of(kFormats, source.at("format").get<std::string>()));
  for (const json& entry : source.at("columns")) {
    const ColumnType type = TRY(enum_of(kColumnTypes, entry.at("type").get<std::string>()));
    dataset.source.columns.push_back(
        {entry.at("name").get<std::string>(), type, entry.at("nullable").get<bool>()});
  }
  const json& clean = document.at("clean");
  const bool deduplicated = clean.at("deduplicate").get<std::string>() == "all_columns";
  dataset.clean.deduplicate = deduplicated ? Deduplicate::kAllColumns : Deduplicate::kNone;
  for (const json& entry : clean.at("rules"))
    dataset.clean.rules.push_back(TRY(rule_of(dataset, entry)));
  for (const json& entry : document.at("variants")) {
    dataset.variants.push_back(TRY(variant_of(dataset, entry)));
  }
  dataset.decision = TRY(decision_of(dataset, document.at("decision")));
  return dataset;
}

}  // namespace voucher
