#include "warehouse/postgresql/view_sql.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

#include "sql/quote.h"

namespace voucher::postgresql {
namespace {

using sql::quote_identifier;
using sql::quote_literal;

std::string live_value(std::string_view expression, DatasetKey key) {
  return fmt::format("(SELECT l.{} FROM {}.live l WHERE l.dataset_id = {})", expression,
                     kStoreSchema, key);
}

/// True for rows of live parts. The comparison with a single part comes first: where one part holds
/// the history it is all that a row costs, and the planner takes it for a whole part's rows.
std::string is_live(RowKind kind, DatasetKey key) {
  const std::string_view prefix = kind == RowKind::kProcessed ? "processed" : "rejected";
  std::vector<std::string> choices{
      fmt::format("r.part = {}", live_value(fmt::format("{}_first", prefix), key))};
  for (std::size_t i = 0; i < kLiveRanges; ++i) {
    choices.push_back(
        fmt::format("r.part BETWEEN {} AND {}",
                    live_value(fmt::format("{}_bounds[{}]", prefix, 2 * i + 1), key),
                    live_value(fmt::format("{}_bounds[{}]", prefix, 2 * i + 2), key)));
  }
  // Alone, the comparison with the skipped parts would let the planner expect no row at all.
  return fmt::format("({})\n  AND ({} OR r.part <> ALL ({}::integer[]))",
                     fmt::join(choices, "\n    OR "),
                     live_value(fmt::format("{}_skipped = '{{}}'", prefix), key),
                     live_value(fmt::format("{}_skipped", prefix), key));
}

std::string table_select(const Dataset& dataset, const RowTables& tables) {
  std::vector<std::string> columns;
  for (ColumnIndex i = 0; i < dataset.source.columns.size(); ++i) {
    columns.push_back(fmt::format("r.{} AS {}", column_name(i),
                                  quote_identifier(dataset.source.columns[i].name)));
  }
  for (VariantIndex v = 0; v < dataset.variants.size(); ++v) {
    columns.push_back(fmt::format("r.{} AS {}", variant_column_name(v),
                                  quote_identifier(dataset.variants[v].name)));
  }
  return fmt::format("SELECT {}\nFROM {} r\nWHERE {}", fmt::join(columns, ", "),
                     row_table(RowKind::kProcessed, tables.processed),
                     is_live(RowKind::kProcessed, tables.dataset));
}

std::string rejected_select(const Dataset& dataset, const RowTables& tables) {
  std::vector<std::string> columns;
  for (ColumnIndex i = 0; i < dataset.source.columns.size(); ++i) {
    columns.push_back(fmt::format("r.{} AS {}", column_name(i),
                                  quote_identifier(dataset.source.columns[i].name)));
  }
  return fmt::format(
      "SELECT {}, f.path AS source_file, r.source_row, r.reason, r.reasons\nFROM {} r LEFT JOIN "
      "{}.source_file f ON f.file_id = r.source_file\nWHERE {}",
      fmt::join(columns, ", "), row_table(RowKind::kRejected, tables.rejected), kStoreSchema,
      is_live(RowKind::kRejected, tables.dataset));
}

std::string variant_select(const Dataset& dataset, VariantIndex variant, DatasetKey key) {
  const auto column = [&](ColumnIndex i) {
    return quote_identifier(dataset.source.columns[i].name);
  };
  return fmt::format(
      "SELECT c.spelling AS {}, c.segment AS {}, c.amount AS {}, c.support, c.total, c.share,\n"
      "  c.runner_up_amount, c.runner_up_support, c.tie\n"
      "FROM {store}.choice c JOIN {store}.live l USING (dataset_id, number)\n"
      "WHERE l.dataset_id = {key} AND c.variant = {variant}\n"
      "ORDER BY c.group_key, c.position",
      column(dataset.decision.group_by), quote_identifier(dataset.variants[variant].name),
      column(dataset.decision.amount), fmt::arg("store", kStoreSchema), fmt::arg("key", key),
      fmt::arg("variant", quote_literal(dataset.variants[variant].name)));
}

}  // namespace

std::vector<std::string> public_view_names(const Dataset& dataset) {
  const WarehouseNames& names = dataset.warehouse;
  std::vector<std::string> all{names.table, names.table + "_rejected"};
  for (const Variant& variant : dataset.variants) all.push_back(names.views.at(variant.name));
  return all;
}

std::vector<PublicView> public_views(const Dataset& dataset, const RowTables& tables) {
  std::vector<PublicView> views;
  const std::vector<std::string> names = public_view_names(dataset);
  views.push_back({names[0], table_select(dataset, tables)});
  views.push_back({names[1], rejected_select(dataset, tables)});
  for (VariantIndex v = 0; v < dataset.variants.size(); ++v)
    views.push_back({names[2 + v], variant_select(dataset, v, tables.dataset)});
  return views;
}

std::string shown_text(const Dataset& dataset) {
  nlohmann::json columns = nlohmann::json::array();
  for (const Column& column : dataset.source.columns)
    columns.push_back({column.name, to_string(column.type)});
  nlohmann::json variants = nlohmann::json::array();
  for (const Variant& variant : dataset.variants) variants.push_back(variant.name);
  return nlohmann::json{{"schema", dataset.warehouse.schema},
                        {"views", public_view_names(dataset)},
                        {"columns", columns},
                        {"variants", variants},
                        {"group", dataset.decision.group_by},
                        {"amount", dataset.decision.amount}}
      .dump();
}

std::vector<std::pair<std::string, std::string>> shown_views(std::string_view shown_text) {
  const auto shown = nlohmann::json::parse(shown_text, nullptr, false);
  std::vector<std::pair<std::string, std::string>> views;
  if (!shown.is_object()) return views;
  for (const auto& name : shown.value("views", std::vector<std::string>{}))
    views.emplace_back(shown.value("schema", ""), name);
  return views;
}

std::string public_name(const Dataset& dataset, const std::string& name) {
  return quote_identifier(dataset.warehouse.schema) + "." + quote_identifier(name);
}

}  // namespace voucher::postgresql
