// The columns of Parquet files as their footers tell them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/duckdb/connection.h"
#include "sql/raw_type.h"

namespace voucher::duckdb {

struct ParquetColumn {
  std::string name;
  std::string read_name;  ///< what DuckDB calls it: names that differ only in case get a number
  std::string type;       ///< for people: "DOUBLE", "list"
  std::optional<sql::RawType> raw;  ///< nullopt: stored as something that no column is read from
};

struct ParquetSchema {
  std::vector<ParquetColumn> columns;
  std::int64_t rows = 0;
};

/// One schema for each path, in that order. Fails as DuckDB does where any file is unreadable.
[[nodiscard]] Result<std::vector<ParquetSchema>> read_parquet_schemas(
    Connection& connection, const std::vector<std::string>& paths);

}  // namespace voucher::duckdb
