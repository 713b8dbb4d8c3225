#include "api/openapi_schemas.h"

#include <limits>

#include "api/limits.h"
#include "api/statuses.h"

namespace voucher {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kTimestampPattern =
    R"(^[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})?)?$)";

Json integer_schema() {
  return {{"type", "integer"},
          {"minimum", std::numeric_limits<std::int64_t>::min()},
          {"maximum", std::numeric_limits<std::int64_t>::max()}};
}

Json nullable(Json schema) {
  schema["type"] = Json::array({schema["type"], "null"});
  return schema;
}

Json instant_schema() {
  return {{"type", "string"}, {"format", "date-time"}};
}

Json reference(const std::string& name) {
  return {{"$ref", "#/components/schemas/" + name}};
}

Json list_of(Json items) {
  return {{"type", "array"}, {"items", std::move(items)}};
}

/// An object all of whose properties are always there.
Json object_of(Json properties) {
  Json required = Json::array();
  for (const auto& [name, schema] : properties.items()) required.push_back(name);
  return {{"type", "object"}, {"properties", std::move(properties)}, {"required", required}};
}

Json value_schema(const RequestField& field) {
  Json forms = Json::array();
  switch (field.type) {
    case ColumnType::kInteger:
      forms.push_back(integer_schema());
      forms.push_back({{"type", "string"}, {"pattern", R"(^[+-]?[0-9]+(\.0+)?$)"}});
      break;
    case ColumnType::kTimestamp:
      forms.push_back({{"type", "string"},
                       {"pattern", kTimestampPattern},
                       {"description", "No zone means UTC; years 1900 to 2200"}});
      break;
    case ColumnType::kString:
      forms.push_back({{"type", "string"}, {"minLength", field.required ? 1 : 0}});
      break;
  }
  if (!field.required) forms.push_back({{"type", "null"}});
  return forms.size() == 1 ? forms.front() : Json{{"anyOf", std::move(forms)}};
}

Json request_schema(const Serving& serving) {
  Json properties = Json::object();
  Json required = Json::array();
  for (const RequestField& field : serving.fields().all()) {
    if (field.required) required.push_back(field.name);
    properties[field.name] = value_schema(field);
    if (field.role == FieldRole::kVariant) {
      Json names = Json::array();
      for (const Variant& variant : serving.dataset().variants) names.push_back(variant.name);
      properties[field.name] = {{"type", "string"}, {"enum", std::move(names)}};
    } else if (field.role == FieldRole::kInstant) {
      properties[field.name]["description"] = "The instant to decide at; now, where it is missing";
    }
  }
  Json rules = Json::object();
  for (std::size_t i = 0; i < serving.dataset().clean.rules.size(); ++i) {
    rules[serving.dataset().clean.rules[i].id] = serving.fields().rule_text(i);
  }
  Json schema = {{"type", "object"},
                 {"properties", std::move(properties)},
                 {"required", std::move(required)},
                 {"additionalProperties", true},
                 {"description", "Other fields are ignored. Rules: " + rules.dump()}};
  if (Json example = example_request(serving); !example.is_null()) {
    schema["examples"] = Json::array({std::move(example)});
  }
  return schema;
}

Json decision_schema(const Serving& serving) {
  const Dataset& dataset = serving.dataset();
  const std::string& amount = dataset.source.columns[dataset.decision.amount].name;
  const bool integer_subject = dataset.decision.subject.type == ColumnType::kInteger;
  Json variants = Json::array();
  for (const Variant& variant : dataset.variants) variants.push_back(variant.name);
  const Json count = {{"type", "integer"}, {"minimum", 1}};
  const Json runner_up = object_of({{amount, integer_schema()}, {"support", count}});
  const Json share = {{"type", "number"}, {"minimum", 0}, {"maximum", 1}};
  const Json evidence = object_of({{"support", count},
                                   {"total", count},
                                   {"share", share},
                                   {"runner_up", nullable(runner_up)},
                                   {"tie", {{"type", "boolean"}}}});
  Json properties = {{"decision_id", {{"type", "string"}}}};
  properties[dataset.decision.subject.name] =
      integer_subject ? integer_schema() : Json{{"type", "string"}};
  properties["segment_name"] = {{"type", "string"}, {"enum", std::move(variants)}};
  properties["segment"] = {{"type", {"string", "null"}}, {"description", "null: unsegmented"}};
  properties[amount] = nullable(integer_schema());
  properties["reason"] = {{"type", "string"}, {"enum", {"SEGMENT", "FALLBACK_GROUP", "NO_DATA"}}};
  properties["evidence"] = nullable(evidence);
  properties["as_of"] = instant_schema();
  properties["valid_until"] = nullable(instant_schema());
  properties["next_segment"] = {{"type", {"string", "null"}}};
  properties["version"] = {{"type", "integer"}, {"minimum", 1}};
  properties["snapshot"] = {{"type", "string"}, {"pattern", "^sha256:[0-9a-f]{64}$"}};
  return object_of(std::move(properties));
}

Json batch_answer_schema(const DatasetId& id) {
  const Json decided = object_of(
      {{"status", {{"const", status::kOk}}}, {"decision", reference(schema_name(id, "Decision"))}});
  const Json refused = object_of({{"status", {{"const", status::kUnprocessable}}},
                                  {"detail", list_of(reference("Violation"))}});
  return object_of({{"items", list_of({{"oneOf", {decided, refused}}})}});
}

/// The first value of the variant's first segment; 0 where the column is in no variant.
std::int64_t example_number(const Dataset& dataset, ColumnIndex column) {
  for (const Variant& variant : dataset.variants) {
    const auto* value = std::get_if<ColumnValue>(&variant.value);
    if (value == nullptr || value->column != column || variant.segments.empty()) continue;
    const Range& range = variant.segments.back().range;
    return range.from.value_or(range.to.value_or(0));
  }
  return 0;
}

}  // namespace

Json example_request(const Serving& serving) {
  constexpr Timestamp kInstant = midnight(to_day({2018, 5, 3}));
  const Dataset& dataset = serving.dataset();
  const auto& groups = serving.decider().snapshot().history.groups();
  const std::string group = groups.empty() ? "text" : groups.begin()->second.shown();
  Json example = Json::object();
  std::vector<Field> row(dataset.source.columns.size());
  for (const ColumnIndex clock : serving.fields().clocks()) row[clock] = Field::of(kInstant);
  for (const RequestField& field : serving.fields().all()) {
    const bool is_group =
        field.role == FieldRole::kColumn && field.column == dataset.decision.group_by;
    const std::int64_t number =
        field.role == FieldRole::kColumn ? example_number(dataset, field.column) : 123;
    Field value;
    switch (field.type) {
      case ColumnType::kInteger: value = Field::of(number); break;
      case ColumnType::kTimestamp: value = Field::of(kInstant); break;
      case ColumnType::kString:
        value = Field::of(is_group ? group : std::string_view("text"));
        break;
    }
    if (field.role == FieldRole::kInstant) continue;
    if (field.role == FieldRole::kColumn) row[field.column] = value;
    if (field.type == ColumnType::kInteger) example[field.name] = number;
    if (field.type == ColumnType::kTimestamp) example[field.name] = "2018-05-03 00:00:00";
    if (field.type == ColumnType::kString) example[field.name] = value.text;
    if (field.role == FieldRole::kVariant) example[field.name] = dataset.variants.back().name;
  }
  std::vector<ReasonIndex> reasons;
  serving.decider().judge().judge(row, reasons);
  const auto& all = serving.decider().judge().reasons();
  const bool valid = std::ranges::all_of(
      reasons, [&](ReasonIndex reason) { return all[reason].column == dataset.decision.amount; });
  return valid ? example : Json(nullptr);
}

std::string schema_name(const DatasetId& id, std::string_view kind) {
  return id.domain + "." + id.dataset + "." + std::string(kind);
}

Json dataset_schemas(const Serving& serving) {
  const DatasetId& id = serving.id();
  const Dataset& dataset = serving.dataset();
  const std::string& amount = dataset.source.columns[dataset.decision.amount].name;
  Json items = list_of(reference(schema_name(id, "Request")));
  items["maxItems"] = limits::kBatchItems;
  Json schemas = Json::object();
  schemas[schema_name(id, "Request")] = request_schema(serving);
  schemas[schema_name(id, "Classic")] = object_of({{amount, integer_schema()}});
  schemas[schema_name(id, "Decision")] = decision_schema(serving);
  schemas[schema_name(id, "Batch")] = object_of({{"items", std::move(items)}});
  schemas[schema_name(id, "BatchAnswer")] = batch_answer_schema(id);
  return schemas;
}

Json shared_schemas() {
  const Json text = {{"type", "string"}};
  const Json place = {{"type", {"string", "integer"}}};
  Json type = text;
  type["description"] =
      "The id of the rule that is broken; <field>_missing (null or empty text), <field>_malformed "
      "(not of the field's type), missing (the field is not there), duplicate_field, "
      "segment_name_unknown, object_required, items_malformed, items_too_long, json_invalid or "
      "json_too_deep";
  Json input = {{"description", "What was sent there; null where nothing was, or over 1 KiB"}};
  const Json open_object = {{"type", "object"}};
  Json schemas = Json::object();
  schemas["Violation"] = object_of({{"type", std::move(type)},
                                    {"loc", list_of(place)},
                                    {"msg", text},
                                    {"input", std::move(input)}});
  schemas["Violations"] = object_of({{"detail", list_of(reference("Violation"))}});
  schemas["Error"] = object_of({{"detail", text}});
  schemas["Status"] = object_of({{"status", text}});
  schemas["Datasets"] = object_of({{"datasets", list_of(open_object)}});
  const Json number = {{"type", "integer"}};
  schemas["Dataset"] = object_of({{"domain", text},
                                  {"dataset", text},
                                  {"version", number},
                                  {"snapshot", text},
                                  {"definition", text},
                                  {"rows", open_object},
                                  {"new", open_object},
                                  {"source", open_object},
                                  {"clean", open_object},
                                  {"variants", list_of(open_object)},
                                  {"decision", open_object},
                                  {"groups", list_of(open_object)},
                                  {"cells", list_of(open_object)}});
  schemas["Versions"] = object_of({{"domain", text},
                                   {"dataset", text},
                                   {"live", nullable(number)},
                                   {"versions", list_of(open_object)}});
  schemas["Version"] = object_of({{"domain", text},
                                  {"dataset", text},
                                  {"version", number},
                                  {"state", {{"enum", {"loaded", "verified", "published"}}}},
                                  {"live", {{"type", "boolean"}}},
                                  {"snapshot", text},
                                  {"rows", open_object},
                                  {"publications", list_of(open_object)},
                                  {"parts", list_of(open_object)},
                                  {"stages", list_of(open_object)}});
  return schemas;
}

}  // namespace voucher
