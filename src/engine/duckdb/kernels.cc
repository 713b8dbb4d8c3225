#include "engine/duckdb/kernels.h"

#include "decision/parse.h"
#include "engine/duckdb/scalar_function.h"

namespace voucher::duckdb {
namespace {

std::int64_t to_stored(std::int64_t number) {
  return number;
}
std::int64_t to_stored(Timestamp instant) {
  return instant.micros;
}

/// Sets each row to what `read` makes of its argument; NULL where that is nothing.
template <class Read>
void for_each_value(const Arguments& arguments, Output& output, Read read) {
  auto* values = output.values<std::int64_t>();
  const ColumnView& column = arguments[0];
  for (std::size_t row = 0; row < arguments.rows(); ++row) {
    if (!column.is_null(row)) {
      if (const auto value = read(column, row)) {
        values[row] = to_stored(*value);
        continue;
      }
    }
    output.set_null(row);
  }
}

void integer_of_text(void*, const Arguments& arguments, Output& output) {
  for_each_value(arguments, output, [](const ColumnView& column, std::size_t row) {
    return parse_integer(column.text(row));
  });
}

void integer_of_real(void*, const Arguments& arguments, Output& output) {
  for_each_value(arguments, output, [](const ColumnView& column, std::size_t row) {
    return integer_from_double(column.real(row));
  });
}

void timestamp_of_text(void*, const Arguments& arguments, Output& output) {
  for_each_value(arguments, output, [](const ColumnView& column, std::size_t row) {
    return parse_timestamp(column.text(row));
  });
}

void timestamp_of_micros(void*, const Arguments& arguments, Output& output) {
  for_each_value(arguments, output, [](const ColumnView& column, std::size_t row) {
    return timestamp_in_range(column.timestamp(row));
  });
}

void timestamp_of_nanos(void*, const Arguments& arguments, Output& output) {
  for_each_value(arguments, output, [](const ColumnView& column, std::size_t row) {
    const std::int64_t nanos = column.timestamp(row).micros;
    // Digits are cut, so instants before 1970 go down too.
    const std::int64_t micros = nanos / 1000 - (nanos % 1000 < 0 ? 1 : 0);
    return timestamp_in_range(Timestamp{micros});
  });
}

void text_of_timestamp(void*, const Arguments& arguments, Output& output) {
  for (std::size_t row = 0; row < arguments.rows(); ++row) {
    if (arguments[0].is_null(row)) {
      output.set_null(row);
      continue;
    }
    std::string text = format_iso(arguments[0].timestamp(row));
    text.pop_back();
    text[text.find('T')] = ' ';
    output.set_text(row, text);
  }
}

ScalarFunction kernel(std::string name, duckdb_type from, duckdb_type to,
                      ScalarFunction::Body body) {
  return {std::move(name), {from}, to, body, nullptr, false};
}

}  // namespace

Result<> register_kernels(Connection& connection) {
  TRY(register_functions(
      connection,
      {kernel("voucher_integer", DUCKDB_TYPE_VARCHAR, DUCKDB_TYPE_BIGINT, integer_of_text),
       kernel("voucher_integer", DUCKDB_TYPE_DOUBLE, DUCKDB_TYPE_BIGINT, integer_of_real)}));
  TRY(register_functions(connection, {kernel("voucher_timestamp", DUCKDB_TYPE_VARCHAR,
                                             DUCKDB_TYPE_TIMESTAMP, timestamp_of_text),
                                      kernel("voucher_timestamp", DUCKDB_TYPE_TIMESTAMP,
                                             DUCKDB_TYPE_TIMESTAMP, timestamp_of_micros),
                                      kernel("voucher_timestamp", DUCKDB_TYPE_TIMESTAMP_NS,
                                             DUCKDB_TYPE_TIMESTAMP, timestamp_of_nanos)}));
  return register_functions(connection, {kernel("voucher_text", DUCKDB_TYPE_TIMESTAMP,
                                                DUCKDB_TYPE_VARCHAR, text_of_timestamp)});
}

}  // namespace voucher::duckdb
