// The words in which databases differ. Queries are put together once, from a definition, out of
// these; what a dialect returns is text, and nothing here runs it.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "model/column.h"
#include "model/rule.h"
#include "sql/raw_type.h"
#include "sql/source_shape.h"

namespace voucher::sql {

/// Names that every query gives to what it reads beside the declared columns.
inline constexpr std::string_view kSourceFile = "source_file";
inline constexpr std::string_view kSourceRow = "source_row";
inline constexpr std::string_view kFilePosition = "file_position";
inline constexpr std::string_view kReasonNumber = "reason_number";

enum class FileFormat { kParquet, kCsv };

class Dialect {
 public:
  virtual ~Dialect() = default;

  /// "duckdb", "spark" or "postgres".
  [[nodiscard]] virtual std::string_view name() const = 0;
  [[nodiscard]] virtual std::string identifier(std::string_view name) const = 0;
  [[nodiscard]] virtual std::string literal(const Literal& value) const = 0;

  /// A select of the group's raw columns, each under one of `names`, and of source_file, source_row
  /// (from 1) and file_position.
  [[nodiscard]] virtual std::string scan(SourceFormat format, const FileGroup& group,
                                         std::span<const std::string> names) const = 0;
  /// The rows of Parquet files that an engine wrote, as they follow FROM. REQUIRES: at least one.
  [[nodiscard]] virtual std::string stored(std::span<const std::string> paths) const = 0;
  /// The value of a raw column; NULL where it is missing or malformed.
  [[nodiscard]] virtual std::string value(ColumnType declared, const RawColumn& raw) const = 0;
  /// The text of a raw column as it stands in the file.
  [[nodiscard]] virtual std::string original(const RawColumn& raw) const = 0;

  /// Calendar days in UTC from one timestamp to another, a whole number.
  [[nodiscard]] virtual std::string days_between(std::string_view from,
                                                 std::string_view to) const = 0;
  /// A list of those items that are not NULL, in order.
  [[nodiscard]] virtual std::string list_of_present(std::span<const std::string> items) const = 0;
  /// A timestamp as `YYYY-MM-DD HH:MM:SS[.ffffff]`.
  [[nodiscard]] virtual std::string timestamp_text(std::string_view timestamp) const = 0;

  /// Whether a row is rejected. Judged once for each row; a valid row, known by the hash of its
  /// values, is noted so that duplicates come to light.
  [[nodiscard]] virtual std::string is_rejected(std::span<const std::string> values) const = 0;
  /// Whether a row belongs to the table: valid, and the first of its duplicates. Judged once for
  /// each row, which is counted under its segments' numbers.
  [[nodiscard]] virtual std::string is_processed(std::span<const std::string> segment_numbers,
                                                 std::span<const std::string> values) const = 0;
  /// Whether a row's hash has been met at more than one row.
  [[nodiscard]] virtual std::string is_suspect() const = 0;

  /// The statement that writes the rows of `select` to a file.
  [[nodiscard]] virtual std::string write(std::string_view select, std::string_view path,
                                          FileFormat format) const = 0;
};

/// DuckDB as the engine uses it.
[[nodiscard]] const Dialect& duckdb_dialect();

}  // namespace voucher::sql
