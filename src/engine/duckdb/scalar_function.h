// Registers C++ functions that SQL calls over whole vectors of values.
#pragma once

#include <duckdb.h>

#include <cstddef>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/duckdb/connection.h"
#include "engine/duckdb/query_result.h"

namespace voucher::duckdb {

/// The arguments of one call: a column for each parameter, as many rows as the result must have.
class Arguments {
 public:
  Arguments(duckdb_data_chunk chunk, const std::vector<duckdb_type>& types);

  [[nodiscard]] std::size_t rows() const { return rows_; }
  [[nodiscard]] std::size_t count() const { return columns_.size(); }
  [[nodiscard]] const ColumnView& operator[](std::size_t index) const { return columns_[index]; }

 private:
  std::size_t rows_;
  std::vector<ColumnView> columns_;
};

/// Where the values of a call go; every row must be set once.
class Output {
 public:
  explicit Output(duckdb_vector vector) : vector_(vector), data_(duckdb_vector_get_data(vector)) {}

  /// The values in place, of the type that belongs to the declared result.
  template <class T>
  [[nodiscard]] T* values() const {
    return static_cast<T*>(data_);
  }
  void set_null(std::size_t row);
  void set_text(std::size_t row, std::string_view text);

 private:
  duckdb_vector vector_;
  void* data_;
  std::uint64_t* validity_ = nullptr;
};

struct ScalarFunction {
  /// Called by many threads at once. NULL arguments are the function's to handle. Must not throw.
  using Body = void (*)(void* state, const Arguments& arguments, Output& output);

  std::string name;
  std::vector<duckdb_type> parameters;
  duckdb_type result = DUCKDB_TYPE_INVALID;
  Body body = nullptr;
  void* state = nullptr;          ///< handed to each call; outlives the connection's queries
  bool has_side_effects = false;  ///< then it is called exactly once for each row
};

/// Functions of one name and different parameters may be registered together only.
[[nodiscard]] Result<> register_functions(Connection& connection,
                                          const std::vector<ScalarFunction>& overloads);

}  // namespace voucher::duckdb
