#include "warehouse/embedded/view_sql.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/check.h"
#include "sql/parquet_files.h"
#include "sql/quote.h"

namespace voucher::embedded {
namespace {

namespace fs = std::filesystem;
using sql::parquet_files_sql;
using sql::quote_identifier;
using sql::quote_literal;

std::string_view sql_type(ColumnType type) {
  switch (type) {
    case ColumnType::kTimestamp: return "TIMESTAMP";
    case ColumnType::kString: return "VARCHAR";
    case ColumnType::kInteger: return "BIGINT";
  }
  return "VARCHAR";
}

std::string qualified(const std::string& schema, const std::string& name) {
  return quote_identifier(schema) + "." + quote_identifier(name);
}

std::string table_columns(const Dataset& dataset) {
  std::vector<std::string> columns;
  for (const Column& column : dataset.source.columns)
    columns.push_back(quote_identifier(column.name));
  for (const Variant& variant : dataset.variants) columns.push_back(quote_identifier(variant.name));
  return fmt::format("{}", fmt::join(columns, ", "));
}

std::string empty_columns(const Dataset& dataset) {
  std::vector<std::string> columns;
  for (const Column& column : dataset.source.columns)
    columns.push_back(
        fmt::format("NULL::{} AS {}", sql_type(column.type), quote_identifier(column.name)));
  for (const Variant& variant : dataset.variants)
    columns.push_back("NULL::VARCHAR AS " + quote_identifier(variant.name));
  return fmt::format("{}", fmt::join(columns, ", "));
}

}  // namespace

std::string cells_schema(const WarehouseNames& names) {
  return names.schema + "_cells";
}

std::string create_tables_sql(const WarehouseNames& names) {
  return fmt::format(
      "CREATE SCHEMA IF NOT EXISTS {};\n"
      "CREATE SCHEMA {};\n"
      "CREATE TABLE {} (variant VARCHAR NOT NULL, group_key VARCHAR NOT NULL, position INTEGER NOT "
      "NULL, segment VARCHAR, amount BIGINT, row_count BIGINT NOT NULL);\n"
      "CREATE TABLE {} (group_key VARCHAR NOT NULL, spelling VARCHAR NOT NULL, row_count BIGINT "
      "NOT "
      "NULL);\n",
      quote_identifier(names.schema), quote_identifier(cells_schema(names)),
      qualified(cells_schema(names), kAmountsTable),
      qualified(cells_schema(names), kSpellingsTable));
}

std::string create_table_view_sql(const Dataset& dataset, const std::vector<fs::path>& files) {
  const std::string view = qualified(dataset.warehouse.schema, dataset.warehouse.table);
  if (files.empty())
    return fmt::format("CREATE VIEW {} AS SELECT {} WHERE false;\n", view, empty_columns(dataset));
  return fmt::format("CREATE VIEW {} AS SELECT {} FROM {};\n", view, table_columns(dataset),
                     parquet_files_sql(files));
}

std::string rejected_view_name(const WarehouseNames& names) {
  return names.table + "_rejected";
}

std::string create_rejected_view_sql(const WarehouseNames& names,
                                     const std::vector<fs::path>& files) {
  return fmt::format("CREATE VIEW {} AS SELECT * FROM {};\n",
                     qualified(names.schema, rejected_view_name(names)), parquet_files_sql(files));
}

std::string create_variant_view_sql(const Dataset& dataset, VariantIndex index) {
  const WarehouseNames& names = dataset.warehouse;
  const Variant& variant = dataset.variants[index];
  CHECK(names.views.contains(variant.name));
  const auto column = [&](ColumnIndex i) {
    return quote_identifier(dataset.source.columns[i].name);
  };
  return fmt::format(
      "CREATE VIEW {view} AS\n"
      "WITH shown AS (\n"
      "  SELECT group_key, spelling FROM {spellings}\n"
      "  QUALIFY row_number() OVER (PARTITION BY group_key ORDER BY row_count DESC, spelling) = 1\n"
      "), ranked AS (\n"
      "  SELECT group_key, position, segment, amount, row_count,\n"
      "    CAST(sum(row_count) OVER (PARTITION BY group_key, position) AS BIGINT) AS cell_rows,\n"
      "    row_number() OVER best AS place,\n"
      "    lead(amount) OVER best AS next_amount,\n"
      "    lead(row_count) OVER best AS next_rows\n"
      "  FROM {amounts} WHERE variant = {variant} AND segment IS NOT NULL AND amount IS NOT NULL\n"
      "  WINDOW best AS (PARTITION BY group_key, position ORDER BY row_count DESC, amount)\n"
      "), chosen AS (\n"
      "  SELECT *, row_count >= {min_support} AS supported FROM ranked WHERE place = 1\n"
      ")\n"
      "SELECT spelling AS {group_column}, segment AS {variant_column},\n"
      "  CASE WHEN supported THEN amount END AS {amount_column},\n"
      "  CASE WHEN supported THEN row_count END AS support,\n"
      "  cell_rows AS total,\n"
      "  CASE WHEN supported THEN row_count / cell_rows END AS share,\n"
      "  CASE WHEN supported THEN next_amount END AS runner_up_amount,\n"
      "  CASE WHEN supported THEN next_rows END AS runner_up_support,\n"
      "  CASE WHEN supported THEN coalesce(next_rows = row_count, false) END AS tie\n"
      "FROM chosen JOIN shown USING (group_key)\n"
      "ORDER BY group_key, position;\n",
      fmt::arg("view", qualified(names.schema, names.views.at(variant.name))),
      fmt::arg("spellings", qualified(cells_schema(names), kSpellingsTable)),
      fmt::arg("amounts", qualified(cells_schema(names), kAmountsTable)),
      fmt::arg("variant", quote_literal(variant.name)),
      fmt::arg("min_support", dataset.decision.choose.min_support),
      fmt::arg("group_column", column(dataset.decision.group_by)),
      fmt::arg("variant_column", quote_identifier(variant.name)),
      fmt::arg("amount_column", column(dataset.decision.amount)));
}

}  // namespace voucher::embedded
