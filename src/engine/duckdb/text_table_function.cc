#include "engine/duckdb/text_table_function.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <thread>

#include "engine/duckdb/text_source.h"
#include "engine/text/record_reader.h"
#include "sql/dialect.h"

namespace voucher::duckdb {
namespace {

/// What the threads of one scan share.
struct Scan {
  std::atomic<std::size_t> next_place = 0;
};

/// Where one thread of a scan is.
struct Reader {
  std::unique_ptr<text::RecordReader> records;
  text::BlockBytes bytes;
  std::vector<text::RawValue> values;
  std::size_t file = 0;
  std::int64_t next_row = 0;
  bool in_block = false;
};

template <class T>
void destroy(void* state) {
  delete static_cast<T*>(state);
}

TextSource* source_of(duckdb_bind_info info) {
  return static_cast<TextSource*>(duckdb_bind_get_extra_info(info));
}

bool has_number(const Dataset& dataset, const Column& column) {
  return dataset.source.format == SourceFormat::kJson && column.type == ColumnType::kInteger;
}

void add_column(duckdb_bind_info info, const std::string& name, duckdb_type id) {
  duckdb_logical_type type = duckdb_create_logical_type(id);
  duckdb_bind_add_result_column(info, name.c_str(), type);
  duckdb_destroy_logical_type(&type);
}

void bind(duckdb_bind_info info) {
  const TextSource& source = *source_of(info);
  for (const Column& column : source.dataset().source.columns) {
    add_column(info, column.name, DUCKDB_TYPE_VARCHAR);
    if (has_number(source.dataset(), column)) {
      add_column(info, column.name + "#number", DUCKDB_TYPE_DOUBLE);
    }
  }
  add_column(info, std::string(sql::kSourceFile), DUCKDB_TYPE_VARCHAR);
  add_column(info, std::string(sql::kSourceRow), DUCKDB_TYPE_BIGINT);
  add_column(info, std::string(sql::kFilePosition), DUCKDB_TYPE_UBIGINT);
  duckdb_bind_set_cardinality(info, static_cast<idx_t>(source.rows()), true);
}

void init(duckdb_init_info info) {
  const auto* source = static_cast<const TextSource*>(duckdb_init_get_extra_info(info));
  duckdb_init_set_init_data(info, new Scan, destroy<Scan>);
  duckdb_init_set_max_threads(info, std::max<idx_t>(1, source->places().size()));
}

void init_thread(duckdb_init_info info) {
  const auto* source = static_cast<const TextSource*>(duckdb_init_get_extra_info(info));
  auto reader = std::make_unique<Reader>();
  const Source& shape = source->dataset().source;
  reader->records = text::make_record_reader(shape.format, shape.columns);
  reader->values.resize(shape.columns.size());
  duckdb_init_set_init_data(info, reader.release(), destroy<Reader>);
}

/// The columns of a chunk that is being filled.
class ChunkFiller {
 public:
  ChunkFiller(duckdb_data_chunk chunk, const TextSource& source) : chunk_(chunk), source_(source) {}

  void set_row(std::size_t row, const std::vector<text::RawValue>& values, std::int64_t number) {
    idx_t index = 0;
    const std::vector<Column>& columns = source_.dataset().source.columns;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      duckdb_vector vector = duckdb_data_chunk_get_vector(chunk_, index++);
      if (values[i].null) {
        set_null(vector, row);
      } else {
        duckdb_unsafe_vector_assign_string_element_len(vector, row, values[i].text.data(),
                                                       values[i].text.size());
      }
      if (has_number(source_.dataset(), columns[i])) set_number(index++, row, values[i].number);
    }
    auto* numbers = static_cast<std::int64_t*>(
        duckdb_vector_get_data(duckdb_data_chunk_get_vector(chunk_, index + 1)));
    numbers[row] = number;
    row_column_ = index + 1;
  }

  /// All rows of a chunk come from one file.
  void finish(std::size_t rows, std::size_t file) {
    const std::string path = source_.files()[file].path.string();
    set_constant(row_column_ - 1, duckdb_create_varchar_length(path.data(), path.size()));
    set_constant(row_column_ + 1, duckdb_create_uint64(file));
    duckdb_data_chunk_set_size(chunk_, rows);
  }

 private:
  static void set_null(duckdb_vector vector, std::size_t row) {
    duckdb_vector_ensure_validity_writable(vector);
    duckdb_validity_set_row_invalid(duckdb_vector_get_validity(vector), row);
  }

  void set_number(idx_t column, std::size_t row, std::optional<double> number) {
    duckdb_vector vector = duckdb_data_chunk_get_vector(chunk_, column);
    if (!number) return set_null(vector, row);
    static_cast<double*>(duckdb_vector_get_data(vector))[row] = *number;
  }

  void set_constant(idx_t column, duckdb_value value) {
    duckdb_vector_reference_value(duckdb_data_chunk_get_vector(chunk_, column), value);
    duckdb_destroy_value(&value);
  }

  duckdb_data_chunk chunk_;
  const TextSource& source_;
  idx_t row_column_ = 1;
};

/// Goes to the next block that nobody has taken; false where there is none.
Result<bool> take_block(const TextSource& source, Scan& scan, Reader& reader) {
  const std::size_t number = scan.next_place.fetch_add(1);
  if (number >= source.places().size()) return false;
  const TextSource::Place place = source.places()[number];
  const text::IndexedFile& file = source.files()[place.file];
  const text::Block& block = file.blocks[place.block];
  TRY(reader.bytes.read(file.path, block));
  reader.records->begin(file, block, reader.bytes.view());
  reader.file = place.file;
  reader.next_row = block.first_row;
  reader.in_block = true;
  return true;
}

Result<> fill(TextSource& source, Scan& scan, Reader& reader, duckdb_data_chunk chunk) {
  ChunkFiller filler(chunk, source);
  const std::size_t capacity = duckdb_vector_size();
  std::size_t rows = 0;
  while (rows == 0) {
    if (!reader.in_block && !TRY(take_block(source, scan, reader))) {
      source.add_unknown(reader.records->unknown_keys());
      duckdb_data_chunk_set_size(chunk, 0);
      return {};
    }
    while (rows < capacity && TRY(reader.records->next(reader.values))) {
      filler.set_row(rows++, reader.values, reader.next_row++);
    }
    if (rows < capacity) reader.in_block = false;
  }
  filler.finish(rows, reader.file);
  return {};
}

void read(duckdb_function_info info, duckdb_data_chunk chunk) {
  auto* source = static_cast<TextSource*>(duckdb_function_get_extra_info(info));
  auto* scan = static_cast<Scan*>(duckdb_function_get_init_data(info));
  auto* reader = static_cast<Reader*>(duckdb_function_get_local_init_data(info));
  const auto filled = fill(*source, *scan, *reader, chunk);
  if (!filled) duckdb_function_set_error(info, filled.error().message.c_str());
}

}  // namespace

Result<> register_text_table(Connection& connection, TextSource& source) {
  const std::string name = "voucher_" + std::string(to_string(source.dataset().source.format));
  duckdb_table_function function = duckdb_create_table_function();
  duckdb_table_function_set_name(function, name.c_str());
  duckdb_logical_type text = duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR);
  duckdb_logical_type list = duckdb_create_list_type(text);
  duckdb_table_function_add_parameter(function, list);
  duckdb_destroy_logical_type(&list);
  duckdb_destroy_logical_type(&text);
  duckdb_table_function_set_extra_info(function, &source, nullptr);
  duckdb_table_function_set_bind(function, bind);
  duckdb_table_function_set_init(function, init);
  duckdb_table_function_set_local_init(function, init_thread);
  duckdb_table_function_set_function(function, read);
  const duckdb_state state = duckdb_register_table_function(connection.handle(), function);
  duckdb_destroy_table_function(&function);
  if (state == DuckDBSuccess) return {};
  return fail(ErrorKind::kInternal, "cannot register table function {}", name);
}

}  // namespace voucher::duckdb
