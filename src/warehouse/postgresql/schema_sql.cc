#include "warehouse/postgresql/schema_sql.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sql/quote.h"

namespace voucher::postgresql {
namespace {

using sql::quote_identifier;

std::string_view kind_prefix(RowKind kind) {
  return kind == RowKind::kProcessed ? "rows" : "rejected";
}

std::string_view sql_type(ColumnType type) {
  switch (type) {
    case ColumnType::kTimestamp: return "timestamp";
    case ColumnType::kString: return "text";
    case ColumnType::kInteger: return "bigint";
  }
  return "text";
}

std::string store_table(std::string_view name) {
  return fmt::format("{}.{}", kStoreSchema, quote_identifier(name));
}

/// `part` comes first, so that the fixed-width columns that every row has lie together.
std::vector<std::string> column_definitions(const Dataset& dataset, RowKind kind) {
  std::vector<std::string> columns{"part integer NOT NULL", "source_file integer",
                                   "source_row bigint"};
  for (ColumnIndex i = 0; i < dataset.source.columns.size(); ++i) {
    const bool typed = kind == RowKind::kProcessed;
    columns.push_back(fmt::format("{} {}", column_name(i),
                                  typed ? sql_type(dataset.source.columns[i].type) : "text"));
  }
  if (kind == RowKind::kRejected) {
    columns.insert(columns.end(), {"reason text NOT NULL", "reasons text[] NOT NULL"});
    return columns;
  }
  for (VariantIndex v = 0; v < dataset.variants.size(); ++v)
    columns.push_back(variant_column_name(v) + " text");
  return columns;
}

constexpr std::string_view kStoreTables = R"sql(
CREATE TABLE IF NOT EXISTS voucher_store.format (number integer PRIMARY KEY);
INSERT INTO voucher_store.format VALUES ({format}) ON CONFLICT DO NOTHING;
CREATE TABLE IF NOT EXISTS voucher_store.dataset (
  dataset_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  domain text NOT NULL,
  dataset text NOT NULL,
  last_version bigint NOT NULL DEFAULT 0,
  writer text NOT NULL DEFAULT '',
  shown text,
  UNIQUE (domain, dataset));
CREATE TABLE IF NOT EXISTS voucher_store.row_table (
  table_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  dataset_id integer NOT NULL REFERENCES voucher_store.dataset,
  rejected boolean NOT NULL,
  types text NOT NULL,
  UNIQUE (dataset_id, rejected, types));
CREATE TABLE IF NOT EXISTS voucher_store.version (
  dataset_id integer NOT NULL REFERENCES voucher_store.dataset,
  number bigint NOT NULL,
  token text NOT NULL UNIQUE,
  shown text NOT NULL,
  processed_table integer NOT NULL REFERENCES voucher_store.row_table,
  rejected_table integer NOT NULL REFERENCES voucher_store.row_table,
  based_on bigint,
  manifest text NOT NULL,
  snapshot text NOT NULL,
  snapshot_sha256 text NOT NULL,
  verified_at timestamptz,
  PRIMARY KEY (dataset_id, number));
CREATE TABLE IF NOT EXISTS voucher_store.part_table (
  part_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  dataset_id integer NOT NULL REFERENCES voucher_store.dataset,
  table_id integer NOT NULL REFERENCES voucher_store.row_table,
  row_count bigint NOT NULL DEFAULT 0,
  retired_by xid8);
CREATE TABLE IF NOT EXISTS voucher_store.version_part (
  dataset_id integer NOT NULL,
  number bigint NOT NULL,
  position integer NOT NULL,
  processed_part integer REFERENCES voucher_store.part_table,
  rejected_part integer REFERENCES voucher_store.part_table,
  PRIMARY KEY (dataset_id, number, position),
  FOREIGN KEY (dataset_id, number) REFERENCES voucher_store.version ON DELETE CASCADE);
CREATE TABLE IF NOT EXISTS voucher_store.source_file (
  file_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  dataset_id integer NOT NULL REFERENCES voucher_store.dataset,
  path text NOT NULL,
  UNIQUE (dataset_id, path));
CREATE TABLE IF NOT EXISTS voucher_store.amount (
  dataset_id integer NOT NULL,
  number bigint NOT NULL,
  variant text NOT NULL,
  group_key text COLLATE "C" NOT NULL,
  position integer NOT NULL,
  segment text,
  amount bigint,
  row_count bigint NOT NULL,
  FOREIGN KEY (dataset_id, number) REFERENCES voucher_store.version ON DELETE CASCADE);
CREATE INDEX IF NOT EXISTS amount_version ON voucher_store.amount (dataset_id, number);
CREATE TABLE IF NOT EXISTS voucher_store.spelling (
  dataset_id integer NOT NULL,
  number bigint NOT NULL,
  group_key text COLLATE "C" NOT NULL,
  spelling text COLLATE "C" NOT NULL,
  row_count bigint NOT NULL,
  PRIMARY KEY (dataset_id, number, group_key, spelling),
  FOREIGN KEY (dataset_id, number) REFERENCES voucher_store.version ON DELETE CASCADE);
CREATE TABLE IF NOT EXISTS voucher_store.choice (
  dataset_id integer NOT NULL,
  number bigint NOT NULL,
  variant text NOT NULL,
  group_key text COLLATE "C" NOT NULL,
  position integer NOT NULL,
  spelling text NOT NULL,
  segment text NOT NULL,
  amount bigint,
  support bigint,
  total bigint NOT NULL,
  share double precision,
  runner_up_amount bigint,
  runner_up_support bigint,
  tie boolean,
  PRIMARY KEY (dataset_id, number, variant, group_key, position),
  FOREIGN KEY (dataset_id, number) REFERENCES voucher_store.version ON DELETE CASCADE);
CREATE TABLE IF NOT EXISTS voucher_store.live (
  dataset_id integer PRIMARY KEY REFERENCES voucher_store.dataset,
  number bigint NOT NULL,
  processed_first integer,
  processed_bounds integer[] NOT NULL,
  processed_skipped integer[] NOT NULL,
  rejected_first integer,
  rejected_bounds integer[] NOT NULL,
  rejected_skipped integer[] NOT NULL,
  FOREIGN KEY (dataset_id, number) REFERENCES voucher_store.version);
CREATE TABLE IF NOT EXISTS voucher_store.publication (
  publication_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  dataset_id integer NOT NULL REFERENCES voucher_store.dataset,
  version bigint NOT NULL,
  replaced bigint,
  published_at timestamptz NOT NULL,
  published_by text NOT NULL,
  why text NOT NULL,
  token text NOT NULL UNIQUE);
)sql";

}  // namespace

std::string create_schema_sql(std::string_view schema) {
  return fmt::format("CREATE SCHEMA IF NOT EXISTS {};\n", quote_identifier(schema));
}

std::string create_store_tables_sql() {
  return fmt::format(fmt::runtime(kStoreTables.substr(1)), fmt::arg("format", kStoreFormat));
}

std::vector<std::string> served_tables() {
  return {"format", "dataset", "version", "live", "publication"};
}

std::string row_table(RowKind kind, TableKey table) {
  return store_table(fmt::format("{}_{}", kind_prefix(kind), table));
}

std::string part_table_name(RowKind kind, TableKey table, PartKey part) {
  return fmt::format("{}_{}_{}", kind_prefix(kind), table, part);
}

std::string part_table(RowKind kind, TableKey table, PartKey part) {
  return store_table(part_table_name(kind, table, part));
}

std::string column_name(ColumnIndex column) {
  return fmt::format("c{}", column + 1);
}

std::string variant_column_name(VariantIndex variant) {
  return fmt::format("s{}", variant + 1);
}

std::vector<std::string> stored_columns(const Dataset& dataset, RowKind kind) {
  std::vector<std::string> columns;
  for (const std::string& definition : column_definitions(dataset, kind))
    columns.push_back(definition.substr(0, definition.find(' ')));
  return columns;
}

std::string stored_types(const Dataset& dataset, RowKind kind) {
  return fmt::format("{}", fmt::join(column_definitions(dataset, kind), ", "));
}

std::string create_row_table_sql(const Dataset& dataset, RowKind kind, TableKey table) {
  return fmt::format("CREATE TABLE {} (\n  {})\nPARTITION BY LIST (part);\n",
                     row_table(kind, table), fmt::join(column_definitions(dataset, kind), ",\n  "));
}

std::string create_part_table_sql(const Dataset& dataset, RowKind kind, TableKey table,
                                  PartKey part) {
  // Its rows never change and are frozen when they are written: there is nothing to vacuum.
  return fmt::format(
      "CREATE TABLE {} (\n  {},\n  CONSTRAINT part CHECK (part = {}))\nWITH (autovacuum_enabled = "
      "false);\n",
      part_table(kind, table, part), fmt::join(column_definitions(dataset, kind), ",\n  "), part);
}

std::string attach_part_table_sql(RowKind kind, TableKey table, PartKey part) {
  return fmt::format("ALTER TABLE {} ATTACH PARTITION {} FOR VALUES IN ({});\n",
                     row_table(kind, table), part_table(kind, table, part), part);
}

}  // namespace voucher::postgresql
