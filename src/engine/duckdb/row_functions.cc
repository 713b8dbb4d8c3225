#include "engine/duckdb/row_functions.h"

#include "engine/duckdb/scalar_function.h"

namespace voucher::duckdb {
namespace {

duckdb_type stored_type(ColumnType type) {
  switch (type) {
    case ColumnType::kTimestamp: return DUCKDB_TYPE_TIMESTAMP;
    case ColumnType::kString: return DUCKDB_TYPE_VARCHAR;
    case ColumnType::kInteger: return DUCKDB_TYPE_BIGINT;
  }
  return DUCKDB_TYPE_INVALID;
}

void judge(void* ledger, const Arguments& arguments, Output& output) {
  static_cast<RowLedger*>(ledger)->judge(arguments, output);
}

void select_suspects(void* ledger, const Arguments& arguments, Output& output) {
  static_cast<RowLedger*>(ledger)->select_suspects(arguments, output);
}

void process(void* ledger, const Arguments& arguments, Output& output) {
  static_cast<RowLedger*>(ledger)->process(arguments, output);
}

}  // namespace

Result<> register_row_functions(Connection& connection, const Dataset& dataset, RowLedger& ledger) {
  // The reason's number, the file's position, the row's number: what every function takes.
  const std::vector<duckdb_type> row{DUCKDB_TYPE_INTEGER, DUCKDB_TYPE_UBIGINT, DUCKDB_TYPE_BIGINT};
  const auto register_one = [&](std::string name, const std::vector<duckdb_type>& more,
                                ScalarFunction::Body body) {
    std::vector<duckdb_type> parameters = row;
    parameters.insert(parameters.end(), more.begin(), more.end());
    return register_functions(connection, {{std::move(name), std::move(parameters),
                                            DUCKDB_TYPE_BOOLEAN, body, &ledger, true}});
  };
  std::vector<duckdb_type> values(dataset.variants.size(), DUCKDB_TYPE_INTEGER);
  for (const Column& column : dataset.source.columns) values.push_back(stored_type(column.type));
  TRY(register_one("voucher_is_rejected", {DUCKDB_TYPE_UBIGINT}, judge));
  TRY(register_one("voucher_is_suspect", {}, select_suspects));
  return register_one("voucher_is_processed", values, process);
}

}  // namespace voucher::duckdb
