#include "engine/row_file.h"

#include <duckdb.h>

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "engine/duckdb/connection.h"

namespace voucher {
namespace {

constexpr std::int64_t kMicrosPerMilli = 1000;
constexpr std::int64_t kNanosPerMicro = 1000;
constexpr std::int64_t kRowsBetweenReports = std::int64_t{100} * 2048;

duckdb_type type_of(StoredType type) {
  switch (type) {
    case StoredType::kText: return DUCKDB_TYPE_VARCHAR;
    case StoredType::kInteger: return DUCKDB_TYPE_BIGINT;
    case StoredType::kDouble: return DUCKDB_TYPE_DOUBLE;
    case StoredType::kDate: return DUCKDB_TYPE_DATE;
    case StoredType::kTimestampMillis: return DUCKDB_TYPE_TIMESTAMP_MS;
    case StoredType::kTimestampMicros: return DUCKDB_TYPE_TIMESTAMP;
    case StoredType::kTimestampNanos: return DUCKDB_TYPE_TIMESTAMP_NS;
  }
  return DUCKDB_TYPE_INVALID;
}

std::int64_t floor_divided(std::int64_t value, std::int64_t divisor) {
  return value / divisor - (value % divisor < 0 ? 1 : 0);
}

/// The rows as a table function of DuckDB sees them.
struct RowSource {
  const RowFile& file;
  const FillRows& fill;
  const JobControl& control;
  std::string_view stage;
  std::int64_t next = 0;
};

void bind_rows(duckdb_bind_info info) {
  const auto& source = *static_cast<RowSource*>(duckdb_bind_get_extra_info(info));
  for (const StoredColumn& column : source.file.columns) {
    duckdb_logical_type type = duckdb_create_logical_type(type_of(column.type));
    duckdb_bind_add_result_column(info, column.name.c_str(), type);
    duckdb_destroy_logical_type(&type);
  }
  duckdb_bind_set_cardinality(info, static_cast<idx_t>(source.file.rows), true);
}

void init_rows(duckdb_init_info info) {
  static_cast<RowSource*>(duckdb_init_get_extra_info(info))->next = 0;
  duckdb_init_set_max_threads(info, 1);
}

std::vector<RowBlock::Target> targets_of(const RowSource& source, duckdb_data_chunk chunk) {
  std::vector<RowBlock::Target> targets;
  for (std::size_t i = 0; i < source.file.columns.size(); ++i) {
    duckdb_vector vector = duckdb_data_chunk_get_vector(chunk, i);
    duckdb_vector_ensure_validity_writable(vector);
    targets.push_back({source.file.columns[i].type, vector, duckdb_vector_get_data(vector),
                       duckdb_vector_get_validity(vector)});
  }
  return targets;
}

void fill_rows(duckdb_function_info info, duckdb_data_chunk chunk) {
  auto& source = *static_cast<RowSource*>(duckdb_function_get_extra_info(info));
  const auto capacity = static_cast<std::int64_t>(duckdb_vector_size());
  const std::int64_t count = std::min(capacity, source.file.rows - source.next);
  RowBlock block(targets_of(source, chunk), static_cast<std::size_t>(count));
  if (count > 0) source.fill(block, source.next);
  source.next += count;
  duckdb_data_chunk_set_size(chunk, static_cast<idx_t>(count));
  if (source.next % kRowsBetweenReports == 0) {
    const double share = static_cast<double>(source.next) /
                         static_cast<double>(std::max<std::int64_t>(source.file.rows, 1));
    source.control.report({source.stage, share, source.next, false, 0});
  }
}

Result<> register_source(const duckdb::Connection& connection, RowSource& source) {
  duckdb_table_function function = duckdb_create_table_function();
  duckdb_table_function_set_name(function, "computed_rows");
  duckdb_table_function_set_extra_info(function, &source, nullptr);
  duckdb_table_function_set_bind(function, bind_rows);
  duckdb_table_function_set_init(function, init_rows);
  duckdb_table_function_set_function(function, fill_rows);
  const duckdb_state state = duckdb_register_table_function(connection.handle(), function);
  duckdb_destroy_table_function(&function);
  if (state != DuckDBSuccess)
    return fail(ErrorKind::kInternal, "cannot register a DuckDB function");
  return {};
}

std::string sql_literal(std::string_view text) {
  std::string literal = "'";
  for (const char letter : text)
    literal += letter == '\'' ? std::string("''") : std::string(1, letter);
  return literal + "'";
}

std::string_view options_of(SourceFormat format) {
  switch (format) {
    case SourceFormat::kParquet: return "FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880";
    case SourceFormat::kCsv: return "FORMAT csv, HEADER true";
    case SourceFormat::kJson: return "FORMAT json, ARRAY false";
  }
  return "";
}

}  // namespace

void RowBlock::set_null(std::size_t column, std::size_t row) {
  duckdb_validity_set_row_invalid(targets_[column].validity, row);
}

void RowBlock::set_text(std::size_t column, std::size_t row, std::string_view text) {
  CHECK(targets_[column].type == StoredType::kText);
  duckdb_vector_assign_string_element_len(static_cast<duckdb_vector>(targets_[column].vector), row,
                                          text.data(), text.size());
}

void RowBlock::set_number(std::size_t column, std::size_t row, std::int64_t number) {
  const Target& target = targets_[column];
  const auto put = [&](auto value) { static_cast<decltype(value)*>(target.data)[row] = value; };
  switch (target.type) {
    case StoredType::kText: CHECK(target.type != StoredType::kText); break;
    case StoredType::kInteger:
    case StoredType::kTimestampMicros: put(number); break;
    case StoredType::kDouble: put(static_cast<double>(number)); break;
    case StoredType::kDate:
      put(static_cast<std::int32_t>(floor_divided(number, kMicrosPerDay)));
      break;
    case StoredType::kTimestampMillis: put(floor_divided(number, kMicrosPerMilli)); break;
    case StoredType::kTimestampNanos: put(number * kNanosPerMicro); break;
  }
}

Result<> write_row_file(const RowFile& file, const FillRows& fill, const JobControl& control,
                        std::string_view stage) {
  const duckdb::Database database = TRY(duckdb::Database::open({.threads = 1}));
  duckdb::Connection connection = TRY(database.connect());
  RowSource source{file, fill, control, stage};
  TRY(register_source(connection, source));
  // Only stopping is left to the connection: this writer knows better how far it is.
  const JobControl stopping{{}, control.stop};
  TRY(connection.execute(
      fmt::format("COPY (SELECT * FROM computed_rows()) TO {} ({}, USE_TMP_FILE false)",
                  sql_literal(file.path.string()), options_of(file.format)),
      {}, {&stopping, stage}));
  return {};
}

}  // namespace voucher
