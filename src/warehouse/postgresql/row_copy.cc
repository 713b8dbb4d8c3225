#include "warehouse/postgresql/row_copy.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <chrono>

#include "base/check.h"
#include "sql/parquet_files.h"
#include "sql/quote.h"
#include "warehouse/postgresql/copy_reader.h"
#include "warehouse/postgresql/copy_writer.h"

namespace voucher::postgresql {
namespace {

namespace fs = std::filesystem;
using sql::quote_identifier;

/// Between the items of a list that DuckDB hands over as one text: no rule's id can hold it.
constexpr char kListSeparator = ',';

std::string parquet(const fs::path& file) {
  return sql::parquet_files_sql({file});
}

/// The select whose columns are those of a part's table but the first, in order.
std::string select_rows(const Dataset& dataset, RowKind kind, const fs::path& file) {
  std::vector<std::string> columns{"source_file", "source_row"};
  for (const Column& column : dataset.source.columns)
    columns.push_back(quote_identifier(column.name));
  if (kind == RowKind::kRejected) {
    columns.emplace_back("reason");
    columns.push_back(fmt::format("array_to_string(reasons, '{}')", kListSeparator));
  } else {
    for (const Variant& variant : dataset.variants)
      columns.push_back(quote_identifier(variant.name));
  }
  return fmt::format("SELECT {} FROM {}", fmt::join(columns, ", "), parquet(file));
}

/// Says what has been done, a few times a second.
class RowProgress {
 public:
  explicit RowProgress(const JobControl& control) : control_(control) {}
  void add(std::size_t rows) {
    constexpr std::chrono::milliseconds kPause{250};
    rows_ += static_cast<std::int64_t>(rows);
    const auto now = std::chrono::steady_clock::now();
    if (now - told_ < kPause) return;
    told_ = now;
    const double seconds = std::chrono::duration<double>(now - begin_).count();
    control_.report({"load", std::nullopt, rows_, false, seconds});
  }

 private:
  const JobControl& control_;
  std::int64_t rows_ = 0;
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point told_ = begin_;
};

/// Writes the rows of chunks as rows of one part's table.
class ChunkWriter {
 public:
  ChunkWriter(CopyWriter& writer, const PartTarget& target, std::size_t columns,
              const FileKeys& keys)
      : writer_(writer), target_(target), columns_(columns), keys_(keys) {}

  Result<> write(const duckdb::Chunk& chunk) {
    const std::size_t rows = chunk.rows();
    const auto part = static_cast<std::int32_t>(target_.part);
    const std::size_t last = columns_ - 1;
    for (std::size_t row = 0; row < rows; ++row) {
      writer_.begin_row(1 + columns_);
      writer_.add(part);
      add_file(chunk.column(0), row);
      for (std::size_t i = 1; i < last; ++i) add_value(chunk.column(i), row);
      if (target_.kind == RowKind::kRejected) {
        add_list(chunk.column(last).text(row));
      } else {
        add_value(chunk.column(last), row);
      }
      TRY(writer_.end_row());
    }
    return {};
  }

 private:
  void add_value(const duckdb::ColumnView& column, std::size_t row) {
    if (column.is_null(row)) {
      writer_.add_null();
      return;
    }
    switch (column.type()) {
      case DUCKDB_TYPE_VARCHAR: writer_.add(column.text(row)); break;
      case DUCKDB_TYPE_TIMESTAMP: writer_.add(column.timestamp(row)); break;
      default: writer_.add(column.integer(row));
    }
  }

  /// Rows of one file lie together.
  void add_file(const duckdb::ColumnView& column, std::size_t row) {
    if (column.is_null(row)) {
      writer_.add_null();
      return;
    }
    const std::string_view path = column.text(row);
    if (path != last_path_) {
      const auto found = keys_.find(path);
      CHECK(found != keys_.end());
      last_path_ = found->first;
      last_key_ = static_cast<std::int32_t>(found->second);
    }
    writer_.add(last_key_);
  }

  void add_list(std::string_view text) {
    items_.clear();
    while (!text.empty()) {
      items_.push_back(text.substr(0, text.find(kListSeparator)));
      text.remove_prefix(std::min(text.size(), items_.back().size() + 1));
    }
    writer_.add_texts(items_);
  }

  CopyWriter& writer_;
  const PartTarget& target_;
  const std::size_t columns_;
  const FileKeys& keys_;
  std::string_view last_path_;
  std::int32_t last_key_ = 0;
  std::vector<std::string_view> items_;
};

std::string duckdb_type(ColumnType type) {
  switch (type) {
    case ColumnType::kTimestamp: return "TIMESTAMP";
    case ColumnType::kString: return "VARCHAR";
    case ColumnType::kInteger: return "BIGINT";
  }
  return "VARCHAR";
}

/// A column of an engine's output: its name there, its type there, and its expression in the part's
/// table.
struct OutputColumn {
  std::string name;
  std::string type;
  std::string stored;
};

std::vector<OutputColumn> output_columns(const Dataset& dataset, RowKind kind) {
  std::vector<OutputColumn> columns;
  const bool typed = kind == RowKind::kProcessed;
  for (ColumnIndex i = 0; i < dataset.source.columns.size(); ++i) {
    const Column& column = dataset.source.columns[i];
    columns.push_back(
        {column.name, typed ? duckdb_type(column.type) : "VARCHAR", "r." + column_name(i)});
  }
  if (typed) {
    for (VariantIndex v = 0; v < dataset.variants.size(); ++v)
      columns.push_back({dataset.variants[v].name, "VARCHAR", "r." + variant_column_name(v)});
  }
  columns.push_back({"source_file", "VARCHAR", "f.path"});
  columns.push_back({"source_row", "BIGINT", "r.source_row"});
  if (!typed) {
    columns.push_back({"reason", "VARCHAR", "r.reason"});
    columns.push_back(
        {"reasons", "VARCHAR", fmt::format("array_to_string(r.reasons, '{}')", kListSeparator)});
  }
  return columns;
}

Result<> append_rows(Connection& connection, duckdb::Appender& table,
                     const std::vector<OutputColumn>& columns, const std::string& select,
                     const std::stop_token& stop) {
  return copy_out(
      connection, select,
      [&](const CopyRow& row) -> Result<> {
        for (std::size_t i = 0; i < columns.size(); ++i) {
          if (row.is_null(i)) {
            table.add_null();
          } else if (columns[i].type == "VARCHAR") {
            table.add(row.text(i));
          } else if (columns[i].type == "TIMESTAMP") {
            table.add(row.timestamp(i));
          } else {
            table.add(row.integer(i));
          }
        }
        table.end_row();
        return {};
      },
      stop);
}

}  // namespace

Result<> add_file_keys(Connection& connection, duckdb::Connection& workspace, DatasetKey dataset,
                       const fs::path& file, FileKeys& keys) {
  auto paths = TRY(workspace.query(fmt::format(
      "SELECT DISTINCT source_file FROM {} WHERE source_file IS NOT NULL", parquet(file))));
  return paths.for_each_row([&](const duckdb::RowView& row) -> Result<> {
    if (keys.contains(row.text(0))) return {};
    const std::string path(row.text(0));
    const Rows added = TRY(connection.query(
        fmt::format("INSERT INTO {}.source_file (dataset_id, path) VALUES ($1, $2) ON CONFLICT "
                    "(dataset_id, path) DO UPDATE SET path = excluded.path RETURNING file_id",
                    kStoreSchema),
        {std::to_string(dataset), path}));
    keys.emplace(path, added.integer(0, 0));
    return {};
  });
}

Result<std::int64_t> copy_rows_in(Connection& connection, duckdb::Connection& workspace,
                                  const Dataset& dataset, const fs::path& file,
                                  const PartTarget& target, const FileKeys& keys,
                                  const JobControl& control) {
  auto result = TRY(workspace.stream(select_rows(dataset, target.kind, file)));
  auto writer =
      TRY(CopyWriter::begin(connection,
                            fmt::format("COPY {} ({}) FROM STDIN WITH (FORMAT binary, FREEZE)",
                                        part_table(target.kind, target.table, target.part),
                                        fmt::join(stored_columns(dataset, target.kind), ", ")),
                            control.stop));
  ChunkWriter chunks(writer, target, result.column_count(), keys);
  RowProgress progress(control);
  while (auto chunk = TRY(result.next())) {
    if (control.stop.stop_requested()) return fail(ErrorKind::kInterrupted, "interrupted");
    TRY(chunks.write(*chunk));
    progress.add(chunk->rows());
  }
  return writer.finish();
}

Result<> copy_rows_out(Connection& connection, duckdb::Connection& workspace,
                       const Dataset& dataset, const PartTarget& source,
                       const std::string& condition, const fs::path& file,
                       const JobControl& control) {
  const auto columns = output_columns(dataset, source.kind);
  std::vector<std::string> definitions;
  std::vector<std::string> stored;
  std::vector<std::string> written;
  for (const OutputColumn& column : columns) {
    const std::string name = quote_identifier(column.name);
    definitions.push_back(name + " " + column.type);
    stored.push_back(column.stored);
    written.push_back(column.name == "reasons" && source.kind == RowKind::kRejected
                          ? fmt::format("string_split({}, '{}') AS {}", name, kListSeparator, name)
                          : name);
  }
  TRY(workspace.execute(
      fmt::format("CREATE OR REPLACE TABLE part_rows ({})", fmt::join(definitions, ", "))));
  auto table = TRY(duckdb::Appender::open(workspace, "main", "part_rows"));
  const std::string select = fmt::format(
      "SELECT {} FROM {} r LEFT JOIN {}.source_file f ON f.file_id = r.source_file WHERE {}",
      fmt::join(stored, ", "), part_table(source.kind, source.table, source.part), kStoreSchema,
      condition);
  TRY(append_rows(connection, table, columns, select, control.stop));
  TRY(table.close());
  TRY(
      workspace.execute(fmt::format("COPY (SELECT {} FROM part_rows) TO {} (FORMAT parquet, "
                                    "COMPRESSION zstd); DROP TABLE part_rows",
                                    fmt::join(written, ", "), sql::quote_literal(file.string()))));
  return {};
}

}  // namespace voucher::postgresql
