#include "lineage/columns.h"

#include <algorithm>
#include <string>
#include <variant>

namespace voucher {
namespace {

std::string name_of(const Dataset& dataset, ColumnIndex column) {
  return dataset.source.columns[column].name;
}

/// The columns that a variant's value reads.
std::vector<LineageSource> sources_of(const Dataset& dataset, const Variant& variant) {
  std::vector<LineageSource> sources{
      {name_of(dataset, value_column(variant)), LineageUse::kTransformation}};
  if (const auto* days = std::get_if<DaysBetween>(&variant.value))
    sources.push_back({name_of(dataset, days->clock), LineageUse::kTransformation});
  return sources;
}

std::vector<LineageField> processed_schema(const Dataset& dataset) {
  std::vector<LineageField> schema = raw_schema(dataset);
  for (const Variant& variant : dataset.variants) schema.push_back({variant.name, "string"});
  return schema;
}

std::vector<LineageSource> columns_of_rules(const Dataset& dataset) {
  std::vector<LineageSource> sources;
  for (const Rule& rule : dataset.clean.rules) {
    for (const ColumnIndex column : columns_of(rule)) {
      const LineageSource source{name_of(dataset, column), LineageUse::kFilter};
      if (std::ranges::find(sources, source) == sources.end()) sources.push_back(source);
    }
  }
  return sources;
}

}  // namespace

std::vector<LineageField> raw_schema(const Dataset& dataset) {
  std::vector<LineageField> schema;
  for (const Column& column : dataset.source.columns)
    schema.push_back({column.name, std::string(to_string(column.type))});
  return schema;
}

LineageColumns processed_from_raw(const Dataset& dataset) {
  LineageColumns columns;
  columns.schema = processed_schema(dataset);
  for (const Column& column : dataset.source.columns)
    columns.sources.push_back({column.name, {{column.name, LineageUse::kIdentity}}});
  for (const Variant& variant : dataset.variants)
    columns.sources.emplace_back(variant.name, sources_of(dataset, variant));
  columns.rows = columns_of_rules(dataset);
  return columns;
}

LineageColumns rejected_from_raw(const Dataset& dataset) {
  LineageColumns columns;
  for (const Column& column : dataset.source.columns) {
    columns.schema.push_back({column.name, "string"});
    columns.sources.push_back({column.name, {{column.name, LineageUse::kIdentity}}});
  }
  columns.schema.insert(columns.schema.end(), {{"source_file", "string"},
                                               {"source_row", "integer"},
                                               {"reason", "string"},
                                               {"reasons", "list of string"}});
  columns.rows = columns_of_rules(dataset);
  return columns;
}

LineageColumns table_from_processed(const Dataset& dataset) {
  LineageColumns columns;
  columns.schema = processed_schema(dataset);
  for (const LineageField& field : columns.schema)
    columns.sources.push_back({field.name, {{field.name, LineageUse::kIdentity}}});
  return columns;
}

LineageColumns view_columns(const Dataset& dataset, const Variant& variant, bool from_processed) {
  const std::string group = name_of(dataset, dataset.decision.group_by);
  const std::string amount = name_of(dataset, dataset.decision.amount);
  const std::vector<LineageSource> labels =
      from_processed ? std::vector<LineageSource>{{variant.name, LineageUse::kIdentity}}
                     : sources_of(dataset, variant);
  LineageColumns columns;
  columns.schema = {{group, "string"},
                    {variant.name, "string"},
                    {amount, "integer"},
                    {"support", "integer"},
                    {"total", "integer"},
                    {"share", "double"},
                    {"runner_up_amount", "integer"},
                    {"runner_up_support", "integer"},
                    {"tie", "boolean"}};
  columns.sources.push_back({group, {{group, LineageUse::kIdentity}}});
  columns.sources.emplace_back(variant.name, labels);
  for (std::size_t i = 2; i < columns.schema.size(); ++i)
    columns.sources.push_back({columns.schema[i].name, {{amount, LineageUse::kAggregation}}});
  columns.rows = {{group, LineageUse::kGroupBy}};
  for (const LineageSource& label : labels)
    columns.rows.push_back({label.column, LineageUse::kGroupBy});
  return columns;
}

}  // namespace voucher
