// The SQL texts that make the warehouse's own tables, the tables of one shape of rows, and the
// public views. Pure text: `voucher setup` prints it, a writer runs it. ARCHITECTURE.md says how
// the tables belong together.
//
// A shape is what the public names depend on: columns, types, variants and names of a definition.
// Each shape has its own partitioned tables, so DDL on public names happens only when it changes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/dataset.h"

namespace voucher::postgresql {

/// Holds everything of the warehouse but the public views. No definition may use it.
inline constexpr std::string_view kStoreSchema = "voucher_store";
/// The number in voucher_store.format; a program refuses any other.
inline constexpr int kStoreFormat = 1;
/// NOTIFY goes to this channel with the payload "<domain>/<dataset> <version>".
inline constexpr std::string_view kChannel = "voucher_published";

using DatasetKey = std::int64_t;  ///< voucher_store.dataset.dataset_id
using TableKey = std::int64_t;    ///< voucher_store.row_table.table_id
using PartKey = std::int64_t;     ///< voucher_store.part_table.part_id

/// The two kinds of rows that parts hold.
enum class RowKind { kProcessed, kRejected };

/// `CREATE SCHEMA IF NOT EXISTS <name>;`. It needs CREATE on the database even where the schema
/// exists.
[[nodiscard]] std::string create_schema_sql(std::string_view schema);

/// The warehouse's own tables, each where it is missing. REQUIRES: the schema.
[[nodiscard]] std::string create_store_tables_sql();

/// The tables (without their schema) that a server of decisions reads.
[[nodiscard]] std::vector<std::string> served_tables();

/// `voucher_store.rows_<table>` or `voucher_store.rejected_<table>`, quoted: partitioned.
[[nodiscard]] std::string row_table(RowKind kind, TableKey table);
/// The name (without its schema) of one part's table: what a manifest calls the part. It ends with
/// `_<part>`.
[[nodiscard]] std::string part_table_name(RowKind kind, TableKey table, PartKey part);
/// The same, qualified and quoted.
[[nodiscard]] std::string part_table(RowKind kind, TableKey table, PartKey part);

/// Columns of row tables by position: c1, c2, … are the declared ones, s1, s2, … the variants'.
[[nodiscard]] std::string column_name(ColumnIndex column);
[[nodiscard]] std::string variant_column_name(VariantIndex variant);
/// The columns of a row table in order: part, source_file, source_row first. A source_file is a
/// voucher_store.source_file.file_id.
[[nodiscard]] std::vector<std::string> stored_columns(const Dataset& dataset, RowKind kind);
/// Their types, as text: equal exactly where two definitions can share a row table.
[[nodiscard]] std::string stored_types(const Dataset& dataset, RowKind kind);

[[nodiscard]] std::string create_row_table_sql(const Dataset& dataset, RowKind kind,
                                               TableKey table);
/// A part's empty table, ready to be filled and then attached without a scan.
[[nodiscard]] std::string create_part_table_sql(const Dataset& dataset, RowKind kind,
                                                TableKey table, PartKey part);
[[nodiscard]] std::string attach_part_table_sql(RowKind kind, TableKey table, PartKey part);

}  // namespace voucher::postgresql
