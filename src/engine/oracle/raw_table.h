// Raw files for tests: rows of cells as a file would store them, written as Parquet, CSV or JSON.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <variant>
#include <vector>

#include "base/calendar.h"
#include "engine/duckdb/connection.h"
#include "model/dataset.h"
#include "sql/quote.h"

namespace voucher::oracle {

/// A cell as stored; monostate is NULL.
using Cell = std::variant<std::monostate, std::string, std::int64_t, double, Timestamp>;
using RawRow = std::vector<Cell>;

struct RawTable {
  std::vector<std::string> types;  ///< of each declared column in Parquet, as DuckDB calls them
  std::vector<RawRow> rows;
  std::size_t row_group_rows = 2048;
};

/// What DuckDB shows for a stored value: `2018-07-24 00:00:00`, `5720.0`.
inline std::string shown(Timestamp instant) {
  std::string text = format_iso(instant);
  text.pop_back();
  text[text.find('T')] = ' ';
  if (text.find('.') != std::string::npos) text.erase(text.find_last_not_of('0') + 1);
  return text;
}

inline std::string shown(double number) {
  std::string text = fmt::format("{}", number);
  return text.find_first_of(".en") == std::string::npos ? text + ".0" : text;
}

inline std::string csv_field(const Cell& cell) {
  const auto* text = std::get_if<std::string>(&cell);
  if (text == nullptr) return "";
  if (text->find_first_of(",\"\r\n") == std::string::npos) return *text;
  std::string quoted = "\"";
  for (const char byte : *text) quoted += byte == '"' ? "\"\"" : std::string(1, byte);
  return quoted + "\"";
}

/// REQUIRES: texts and NULLs only.
inline void write_csv(const std::filesystem::path& path, const Dataset& dataset,
                      const RawTable& table, const std::string& line_end) {
  std::ofstream file(path, std::ios::binary);
  for (std::size_t i = 0; i < dataset.source.columns.size(); ++i) {
    file << (i == 0 ? "" : ",") << dataset.source.columns[i].name;
  }
  file << line_end;
  for (const RawRow& row : table.rows) {
    for (std::size_t i = 0; i < row.size(); ++i) file << (i == 0 ? "" : ",") << csv_field(row[i]);
    file << line_end;
  }
}

/// REQUIRES: texts, NULLs and, in integer columns, numbers.
inline void write_json(const std::filesystem::path& path, const Dataset& dataset,
                       const RawTable& table) {
  std::ofstream file(path, std::ios::binary);
  for (const RawRow& row : table.rows) {
    nlohmann::json record = nlohmann::json::object();
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string& name = dataset.source.columns[i].name;
      if (const auto* text = std::get_if<std::string>(&row[i])) record[name] = *text;
      if (const auto* number = std::get_if<std::int64_t>(&row[i])) record[name] = *number;
      if (const auto* real = std::get_if<double>(&row[i])) record[name] = *real;
    }
    file << record.dump() << "\n";
  }
}

inline void append_cell(duckdb::Appender& appender, const Cell& cell) {
  if (const auto* text = std::get_if<std::string>(&cell)) {
    appender.add(std::string_view(*text));
  } else if (const auto* number = std::get_if<std::int64_t>(&cell)) {
    appender.add(*number);
  } else if (const auto* real = std::get_if<double>(&cell)) {
    appender.add(*real);
  } else if (const auto* instant = std::get_if<Timestamp>(&cell)) {
    appender.add(*instant);
  } else {
    appender.add_null();
  }
}

inline Result<> write_parquet(duckdb::Connection& connection, const std::filesystem::path& path,
                              const Dataset& dataset, const RawTable& table) {
  std::string columns;
  for (std::size_t i = 0; i < table.types.size(); ++i) {
    columns += (i == 0 ? "" : ", ") + sql::quote_identifier(dataset.source.columns[i].name) + " " +
               table.types[i];
  }
  TRY(connection.execute("CREATE OR REPLACE TABLE raw (" + columns + ")"));
  duckdb::Appender appender = TRY(duckdb::Appender::open(connection, "main", "raw"));
  for (const RawRow& row : table.rows) {
    for (const Cell& cell : row) append_cell(appender, cell);
    appender.end_row();
  }
  TRY(appender.close());
  TRY(connection.execute(fmt::format("COPY raw TO {} (FORMAT parquet, ROW_GROUP_SIZE {})",
                                     sql::quote_literal(path.string()), table.row_group_rows)));
  return {};
}

}  // namespace voucher::oracle
