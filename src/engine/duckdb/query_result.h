// What a query gave, read chunk by chunk with typed access. A chunk's values, text too, are valid
// until the chunk is destroyed; everything here is for one thread at a time.
#pragma once

#include <duckdb.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/calendar.h"
#include "base/result.h"

namespace voucher::duckdb {

/// One column of a chunk. REQUIRES for the typed reads: a row below Chunk::rows() that is not NULL,
/// and a column of that kind.
class ColumnView {
 public:
  ColumnView(duckdb_vector vector, duckdb_type type);

  [[nodiscard]] duckdb_type type() const { return type_; }
  /// The values in place; those of NULL rows mean nothing. REQUIRES: T is how the type is stored.
  template <class T>
  [[nodiscard]] const T* values() const {
    return static_cast<const T*>(data_);
  }
  [[nodiscard]] bool is_null(std::size_t row) const {
    return validity_ != nullptr && ((validity_[row >> 6U] >> (row & 63U)) & 1U) == 0;
  }
  /// Any integer column up to 64 bits, and a HUGEINT whose value fits (sums are HUGEINT).
  [[nodiscard]] std::int64_t integer(std::size_t row) const;
  /// A BOOLEAN.
  [[nodiscard]] bool boolean(std::size_t row) const { return static_cast<const bool*>(data_)[row]; }
  /// A DOUBLE or FLOAT.
  [[nodiscard]] double real(std::size_t row) const;
  /// A TIMESTAMP or TIMESTAMP WITH TIME ZONE.
  [[nodiscard]] Timestamp timestamp(std::size_t row) const {
    return Timestamp{static_cast<const std::int64_t*>(data_)[row]};
  }
  /// A VARCHAR or BLOB.
  [[nodiscard]] std::string_view text(std::size_t row) const;

  [[nodiscard]] std::optional<std::int64_t> integer_or_null(std::size_t row) const;
  [[nodiscard]] std::optional<std::string_view> text_or_null(std::size_t row) const;

 private:
  const void* data_;
  const std::uint64_t* validity_;
  duckdb_type type_;
};

/// Up to about two thousand rows of a result.
class Chunk {
 public:
  /// Takes ownership of the chunk.
  explicit Chunk(duckdb_data_chunk chunk);

  [[nodiscard]] std::size_t rows() const;
  [[nodiscard]] const ColumnView& column(std::size_t index) const { return columns_[index]; }

 private:
  struct Destroy {
    void operator()(duckdb_data_chunk chunk) const { duckdb_destroy_data_chunk(&chunk); }
  };
  std::unique_ptr<std::remove_pointer_t<duckdb_data_chunk>, Destroy> chunk_;
  std::vector<ColumnView> columns_;
};

/// One row of a chunk: what for_each_row hands out.
class RowView {
 public:
  RowView(const Chunk& chunk, std::size_t row) : chunk_(&chunk), row_(row) {}

  [[nodiscard]] bool is_null(std::size_t column) const {
    return chunk_->column(column).is_null(row_);
  }
  [[nodiscard]] std::int64_t integer(std::size_t column) const {
    return chunk_->column(column).integer(row_);
  }
  [[nodiscard]] bool boolean(std::size_t column) const {
    return chunk_->column(column).boolean(row_);
  }
  [[nodiscard]] double real(std::size_t column) const { return chunk_->column(column).real(row_); }
  [[nodiscard]] Timestamp timestamp(std::size_t column) const {
    return chunk_->column(column).timestamp(row_);
  }
  [[nodiscard]] std::string_view text(std::size_t column) const {
    return chunk_->column(column).text(row_);
  }
  [[nodiscard]] std::optional<std::int64_t> integer_or_null(std::size_t column) const {
    return chunk_->column(column).integer_or_null(row_);
  }
  [[nodiscard]] std::optional<std::string_view> text_or_null(std::size_t column) const {
    return chunk_->column(column).text_or_null(row_);
  }

 private:
  const Chunk* chunk_;
  std::size_t row_;
};

/// A result, materialised or streaming; its connection must outlive it. A streaming result must be
/// read to its end, or destroyed, before the connection runs another statement.
class QueryResult {
 public:
  /// Takes ownership of the result.
  explicit QueryResult(const duckdb_result& result);

  [[nodiscard]] std::size_t column_count() const;
  [[nodiscard]] std::string_view column_name(std::size_t column) const;
  [[nodiscard]] duckdb_type column_type(std::size_t column) const;
  /// Rows that an INSERT, UPDATE, DELETE or COPY touched.
  [[nodiscard]] std::int64_t rows_changed() const;

  /// The next chunk; nullopt after the last. A streaming result may fail here.
  [[nodiscard]] Result<std::optional<Chunk>> next();
  /// Calls `visit` for each remaining row; stops at, and returns, its first error.
  [[nodiscard]] Result<> for_each_row(const std::function<Result<>(RowView)>& visit);

 private:
  struct Destroy {
    void operator()(duckdb_result* result) const {
      duckdb_destroy_result(result);
      delete result;
    }
  };
  std::unique_ptr<duckdb_result, Destroy> result_;
};

}  // namespace voucher::duckdb
