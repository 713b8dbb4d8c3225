#include "sql/duckdb_dialect.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdint>
#include <limits>

#include "sql/parquet_files.h"
#include "sql/quote.h"

namespace voucher::sql {
namespace {

/// What read_parquet is told to call the file's name: no raw file has such a column.
constexpr std::string_view kFileNameColumn = "voucher: name of the file";

std::string quoted_paths(const FileGroup& group) {
  std::string list;
  for (const std::string& path : group.paths) {
    list += (list.empty() ? "" : ", ") + quote_literal(path);
  }
  return list;
}

/// The second column beside a JSON number's text.
std::string number_name(const RawColumn& raw) {
  return quote_identifier(raw.name + "#number");
}

std::string integer_value(const RawColumn& raw) {
  const std::string name = quote_identifier(raw.name);
  switch (raw.type) {
    case RawType::kInteger: return fmt::format("CAST({} AS BIGINT)", name);
    case RawType::kUnsigned: return fmt::format("TRY_CAST({} AS BIGINT)", name);
    case RawType::kDecimal: return fmt::format("voucher_integer(CAST({} AS VARCHAR))", name);
    case RawType::kReal: return fmt::format("voucher_integer(CAST({} AS DOUBLE))", name);
    case RawType::kTextOrNumber:
      return fmt::format("coalesce(voucher_integer({}), voucher_integer({}))", name,
                         number_name(raw));
    default: return fmt::format("voucher_integer({})", name);
  }
}

std::string timestamp_value(const RawColumn& raw) {
  const std::string name = quote_identifier(raw.name);
  switch (raw.type) {
    case RawType::kDate:
    case RawType::kInstant:
      return fmt::format("voucher_timestamp(TRY_CAST({} AS TIMESTAMP))", name);
    case RawType::kInstantWithZone:
      return fmt::format("voucher_timestamp(make_timestamp(epoch_us({})))", name);
    default: return fmt::format("voucher_timestamp({})", name);
  }
}

}  // namespace

std::string DuckdbDialect::identifier(std::string_view name) const {
  return quote_identifier(name);
}

std::string DuckdbDialect::literal(const Literal& value) const {
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    // Its digits alone are no BIGINT: the sign is applied after they are read.
    if (*number == std::numeric_limits<std::int64_t>::min()) {
      return fmt::format("CAST('{}' AS BIGINT)", *number);
    }
    return std::to_string(*number);
  }
  if (const auto* instant = std::get_if<Timestamp>(&value)) return timestamp_literal(*instant);
  return quote_literal(std::get<std::string>(value));
}

std::string DuckdbDialect::scan(SourceFormat format, const FileGroup& group,
                                std::span<const std::string> names) const {
  std::vector<std::string> items;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const RawColumn& raw = group.columns[i];
    const RawColumn named{names[i], raw.type};
    items.push_back(quote_identifier(raw.name) + " AS " + quote_identifier(named.name));
    if (raw.type != RawType::kTextOrNumber) continue;
    items.push_back(number_name(raw) + " AS " + number_name(named));
  }
  if (format != SourceFormat::kParquet) {
    return fmt::format("SELECT {}, {}, {}, {} FROM voucher_{}([{}])", fmt::join(items, ", "),
                       kSourceFile, kSourceRow, kFilePosition, to_string(format),
                       quoted_paths(group));
  }
  return fmt::format(
      "SELECT {0}, \"{1}\" AS {2}, file_row_number + 1 AS {3}, file_index + {4} AS {5} FROM "
      "read_parquet([{6}], filename = '{1}', hive_partitioning = false)",
      fmt::join(items, ", "), kFileNameColumn, kSourceFile, kSourceRow, group.first_position,
      kFilePosition, quoted_paths(group));
}

std::string DuckdbDialect::stored(std::span<const std::string> paths) const {
  return parquet_files_sql({paths.begin(), paths.end()});
}

std::string DuckdbDialect::value(ColumnType declared, const RawColumn& raw) const {
  switch (declared) {
    case ColumnType::kInteger: return integer_value(raw);
    case ColumnType::kTimestamp: return timestamp_value(raw);
    case ColumnType::kString: return fmt::format("nullif({}, '')", quote_identifier(raw.name));
  }
  return "";
}

std::string DuckdbDialect::original(const RawColumn& raw) const {
  const std::string name = quote_identifier(raw.name);
  const bool is_text = raw.type == RawType::kText || raw.type == RawType::kTextOrNumber;
  return is_text ? name : fmt::format("CAST({} AS VARCHAR)", name);
}

std::string DuckdbDialect::days_between(std::string_view from, std::string_view to) const {
  return fmt::format("CAST({} AS DATE) - CAST({} AS DATE)", to, from);
}

std::string DuckdbDialect::list_of_present(std::span<const std::string> items) const {
  return fmt::format("list_filter([{}], lambda item: item IS NOT NULL)", fmt::join(items, ", "));
}

std::string DuckdbDialect::timestamp_text(std::string_view timestamp) const {
  return fmt::format("voucher_text({})", timestamp);
}

std::string DuckdbDialect::is_rejected(std::span<const std::string> values) const {
  return fmt::format("voucher_is_rejected({}, {}, {}, {}({}))", kReasonNumber, kFilePosition,
                     kSourceRow, row_hash_, fmt::join(values, ", "));
}

std::string DuckdbDialect::is_processed(std::span<const std::string> segment_numbers,
                                        std::span<const std::string> values) const {
  return fmt::format("voucher_is_processed({}, {}, {}, {}, {})", kReasonNumber, kFilePosition,
                     kSourceRow, fmt::join(segment_numbers, ", "), fmt::join(values, ", "));
}

std::string DuckdbDialect::is_suspect() const {
  return fmt::format("voucher_is_suspect({}, {}, {})", kReasonNumber, kFilePosition, kSourceRow);
}

std::string DuckdbDialect::write(std::string_view select, std::string_view path,
                                 FileFormat format) const {
  const std::string_view options = format == FileFormat::kParquet
                                       ? "FORMAT parquet, COMPRESSION zstd"
                                       : "FORMAT csv, HEADER true, DELIMITER ',', QUOTE '\"'";
  return fmt::format("COPY (\n{}\n) TO {} ({})", select, quote_literal(path), options);
}

const Dialect& duckdb_dialect() {
  static const DuckdbDialect kDialect;
  return kDialect;
}

}  // namespace voucher::sql
