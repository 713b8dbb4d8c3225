#include "engine/duckdb/query_result.h"

#include "base/check.h"
#include "engine/duckdb/errors.h"

namespace voucher::duckdb {

ColumnView::ColumnView(duckdb_vector vector, duckdb_type type)
    : data_(duckdb_vector_get_data(vector)),
      validity_(duckdb_vector_get_validity(vector)),
      type_(type) {}

std::int64_t ColumnView::integer(std::size_t row) const {
  const auto at = [&]<class T>(T) {
    return static_cast<std::int64_t>(static_cast<const T*>(data_)[row]);
  };
  switch (type_) {
    case DUCKDB_TYPE_BOOLEAN: return at(bool{});
    case DUCKDB_TYPE_TINYINT: return at(std::int8_t{});
    case DUCKDB_TYPE_SMALLINT: return at(std::int16_t{});
    case DUCKDB_TYPE_INTEGER:
    case DUCKDB_TYPE_DATE: return at(std::int32_t{});
    case DUCKDB_TYPE_UTINYINT: return at(std::uint8_t{});
    case DUCKDB_TYPE_USMALLINT: return at(std::uint16_t{});
    case DUCKDB_TYPE_UINTEGER: return at(std::uint32_t{});
    case DUCKDB_TYPE_UBIGINT: return at(std::uint64_t{});
    case DUCKDB_TYPE_HUGEINT: {
      const auto& value = static_cast<const duckdb_hugeint*>(data_)[row];
      CHECK((value.upper == 0 && value.lower <= INT64_MAX) ||
            (value.upper == -1 && value.lower > INT64_MAX));
      return static_cast<std::int64_t>(value.lower);
    }
    default: return at(std::int64_t{});
  }
}

double ColumnView::real(std::size_t row) const {
  if (type_ == DUCKDB_TYPE_FLOAT) return static_cast<const float*>(data_)[row];
  return static_cast<const double*>(data_)[row];
}

std::string_view ColumnView::text(std::size_t row) const {
  const auto& text = static_cast<const duckdb_string_t*>(data_)[row];
  const std::uint32_t length = text.value.inlined.length;
  const bool inlined = length <= sizeof(text.value.inlined.inlined);
  return {inlined ? &text.value.inlined.inlined[0] : text.value.pointer.ptr, length};
}

std::optional<std::int64_t> ColumnView::integer_or_null(std::size_t row) const {
  if (is_null(row)) return std::nullopt;
  return integer(row);
}

std::optional<std::string_view> ColumnView::text_or_null(std::size_t row) const {
  if (is_null(row)) return std::nullopt;
  return text(row);
}

Chunk::Chunk(duckdb_data_chunk chunk) : chunk_(chunk) {
  const idx_t count = duckdb_data_chunk_get_column_count(chunk);
  columns_.reserve(count);
  for (idx_t i = 0; i < count; ++i) {
    duckdb_vector vector = duckdb_data_chunk_get_vector(chunk, i);
    duckdb_logical_type type = duckdb_vector_get_column_type(vector);
    columns_.emplace_back(vector, duckdb_get_type_id(type));
    duckdb_destroy_logical_type(&type);
  }
}

std::size_t Chunk::rows() const {
  return duckdb_data_chunk_get_size(chunk_.get());
}

QueryResult::QueryResult(const duckdb_result& result) : result_(new duckdb_result(result)) {}

std::size_t QueryResult::column_count() const {
  return duckdb_column_count(result_.get());
}

std::string_view QueryResult::column_name(std::size_t column) const {
  return duckdb_column_name(result_.get(), column);
}

duckdb_type QueryResult::column_type(std::size_t column) const {
  return duckdb_column_type(result_.get(), column);
}

std::int64_t QueryResult::rows_changed() const {
  return static_cast<std::int64_t>(duckdb_rows_changed(result_.get()));
}

Result<std::optional<Chunk>> QueryResult::next() {
  duckdb_data_chunk chunk = duckdb_fetch_chunk(*result_);
  if (chunk != nullptr) return Chunk(chunk);
  const char* message = duckdb_result_error(result_.get());
  if (message != nullptr && *message != '\0') return std::unexpected(to_error(message));
  return std::nullopt;
}

Result<> QueryResult::for_each_row(const std::function<Result<>(RowView)>& visit) {
  while (const std::optional<Chunk> chunk = TRY(next())) {
    for (std::size_t row = 0; row < chunk->rows(); ++row) TRY(visit(RowView(*chunk, row)));
  }
  return {};
}

}  // namespace voucher::duckdb
