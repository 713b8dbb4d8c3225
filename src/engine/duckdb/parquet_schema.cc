#include "engine/duckdb/parquet_schema.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "decision/counts.h"
#include "sql/quote.h"

namespace voucher::duckdb {
namespace {

using sql::RawType;

constexpr std::array<std::pair<std::string_view, RawType>, 16> kTypes{{
    {"VARCHAR", RawType::kText},
    {"TINYINT", RawType::kInteger},
    {"SMALLINT", RawType::kInteger},
    {"INTEGER", RawType::kInteger},
    {"BIGINT", RawType::kInteger},
    {"UTINYINT", RawType::kUnsigned},
    {"USMALLINT", RawType::kUnsigned},
    {"UINTEGER", RawType::kUnsigned},
    {"UBIGINT", RawType::kUnsigned},
    {"FLOAT", RawType::kReal},
    {"DOUBLE", RawType::kReal},
    {"DATE", RawType::kDate},
    {"TIMESTAMP", RawType::kInstant},
    {"TIMESTAMP_S", RawType::kInstant},
    {"TIMESTAMP_MS", RawType::kInstant},
    {"TIMESTAMP_NS", RawType::kInstantNanos},
}};

std::optional<RawType> raw_type_of(std::string_view type) {
  for (const auto& [name, raw] : kTypes) {
    if (name == type) return raw;
  }
  if (type.starts_with("DECIMAL")) return RawType::kDecimal;
  if (type == "TIMESTAMP WITH TIME ZONE") return RawType::kInstantWithZone;
  return std::nullopt;
}

std::string list_of(const std::vector<std::string>& paths) {
  std::string list;
  for (const std::string& path : paths) {
    list += (list.empty() ? "" : ", ") + sql::quote_literal(path);
  }
  return list;
}

/// Takes a file's schema elements, which come depth first, and keeps the topmost columns.
class TopLevelColumns {
 public:
  void add(RowView row) {
    const std::int64_t children = row.integer_or_null(2).value_or(0);
    if (at_root_) {
      at_root_ = false;
    } else if (below_ > 0) {
      below_ += children - 1;
    } else {
      columns_.push_back(column(row, children));
      below_ = children;
    }
  }
  [[nodiscard]] std::vector<ParquetColumn> take() { return std::move(columns_); }

 private:
  static ParquetColumn column(RowView row, std::int64_t children) {
    const std::string name(row.text(1));
    if (children > 0) return {name, name, nested_type(row.text_or_null(4)), std::nullopt};
    const std::string type(row.text_or_null(3).value_or("unknown"));
    return {name, name, type, raw_type_of(type)};
  }

  static std::string nested_type(std::optional<std::string_view> converted) {
    if (converted == "LIST") return "list";
    return converted == "MAP" ? "map" : "struct";
  }

  bool at_root_ = true;
  std::int64_t below_ = 0;
  std::vector<ParquetColumn> columns_;
};

bool names_differ_in_case_only(const std::vector<ParquetColumn>& columns) {
  std::vector<std::string> folded;
  for (const ParquetColumn& column : columns) folded.push_back(fold_ascii(column.name));
  std::ranges::sort(folded);
  return std::ranges::adjacent_find(folded) != folded.end();
}

Result<> ask_for_names(Connection& connection, const std::string& path,
                       std::vector<ParquetColumn>& columns) {
  QueryResult described = TRY(connection.query(
      fmt::format("SELECT column_name FROM (DESCRIBE SELECT * FROM read_parquet({}, "
                  "hive_partitioning = false))",
                  sql::quote_literal(path))));
  std::size_t position = 0;
  return described.for_each_row([&](RowView row) -> Result<> {
    if (position < columns.size()) columns[position++].read_name = row.text(0);
    return {};
  });
}

}  // namespace

Result<std::vector<ParquetSchema>> read_parquet_schemas(Connection& connection,
                                                        const std::vector<std::string>& paths) {
  std::map<std::string, TopLevelColumns, std::less<>> columns;
  QueryResult elements = TRY(connection.query(fmt::format(
      "SELECT file_name, name, num_children, duckdb_type, converted_type FROM parquet_schema([{}]) "
      "ORDER BY file_name, column_id",
      list_of(paths))));
  TRY(elements.for_each_row([&](RowView row) -> Result<> {
    columns[std::string(row.text(0))].add(row);
    return {};
  }));
  std::map<std::string, std::int64_t, std::less<>> rows;
  QueryResult footers = TRY(connection.query(
      fmt::format("SELECT file_name, num_rows FROM parquet_file_metadata([{}])", list_of(paths))));
  TRY(footers.for_each_row([&](RowView row) -> Result<> {
    rows[std::string(row.text(0))] = row.integer(1);
    return {};
  }));
  std::vector<ParquetSchema> schemas;
  for (const std::string& path : paths) {
    ParquetSchema schema{columns[path].take(), rows[path]};
    if (names_differ_in_case_only(schema.columns)) {
      TRY(ask_for_names(connection, path, schema.columns));
    }
    schemas.push_back(std::move(schema));
  }
  return schemas;
}

}  // namespace voucher::duckdb
