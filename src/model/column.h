// The raw columns of a dataset: what a source file must hold and how its values are understood.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace voucher {

enum class ColumnType { kTimestamp, kString, kInteger };

/// The word of a definition: "timestamp", "string", "integer".
[[nodiscard]] std::string_view to_string(ColumnType type);

struct Column {
  std::string name;
  ColumnType type = ColumnType::kString;
  bool nullable = false;  ///< a missing value does not reject the row
  friend bool operator==(const Column&, const Column&) = default;
};

/// Position of a column in Source::columns; all parts of a dataset refer to columns by it.
using ColumnIndex = std::size_t;

enum class SourceFormat { kParquet, kCsv, kJson };

/// "parquet", "csv", "json": the word of a definition and the extension of its files.
[[nodiscard]] std::string_view to_string(SourceFormat format);

struct Source {
  SourceFormat format = SourceFormat::kParquet;
  std::vector<Column> columns;  ///< in the definition's order, names unique
  friend bool operator==(const Source&, const Source&) = default;
};

}  // namespace voucher
