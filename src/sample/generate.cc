#include "sample/generate.h"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <system_error>
#include <utility>

#include "base/files.h"
#include "base/hash.h"
#include "engine/row_file.h"
#include "sample/cell_text.h"
#include "sample/row_maker.h"

namespace voucher {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kStage = "generate";

std::vector<StoredColumn> stored_columns(const Shape& shape) {
  std::vector<StoredColumn> columns;
  for (const ColumnShape& column : shape.columns)
    columns.push_back({shape.dataset.source.columns[column.column].name, column.stored});
  return columns;
}

void set_cell(RowBlock& block, std::size_t column, std::size_t row, const ColumnShape& shape,
              const Cell& cell) {
  TextBuffer buffer;
  switch (cell.kind) {
    case Cell::Kind::kNull: block.set_null(column, row); break;
    case Cell::Kind::kText: block.set_text(column, row, cell.text); break;
    case Cell::Kind::kNumber:
      if (shape.stored == StoredType::kText) {
        block.set_text(column, row, write_text(cell.number, shape.form, buffer));
      } else {
        block.set_number(column, row, cell.number);
      }
      break;
  }
}

/// Fills blocks, and counts the dirty rows as it goes.
class BlockFiller {
 public:
  BlockFiller(const Shape& shape, std::int64_t rows, std::uint64_t seed)
      : shape_(shape), maker_(shape, rows, seed) {
    for (const Dirt& dirt : shape.dirt) counts_.push_back({dirt.name, 0});
  }

  void fill(RowBlock& block, std::int64_t first) {
    for (std::size_t row = 0; row < block.rows(); ++row) {
      const std::int64_t number = first + static_cast<std::int64_t>(row);
      const auto cells = maker_.make(number);
      for (std::size_t column = 0; column < cells.size(); ++column)
        set_cell(block, column, row, shape_.columns[column], cells[column]);
      for (std::size_t dirt = 0; dirt < counts_.size(); ++dirt)
        counts_[dirt].rows += maker_.shows_dirt(dirt) ? 1 : 0;
    }
  }

  [[nodiscard]] const std::vector<DirtCount>& counts() const { return counts_; }

 private:
  const Shape& shape_;
  RowMaker maker_;
  std::vector<DirtCount> counts_;
};

/// A file that is removed unless it was moved away.
class TemporaryFile {
 public:
  explicit TemporaryFile(fs::path path) : path_(std::move(path)) {}
  ~TemporaryFile() {
    std::error_code ignored;
    fs::remove(path_, ignored);
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

Result<> write_file(const RowFile& file, const FillRows& fill, const JobControl& control) {
  auto written = write_row_file(file, fill, control, kStage);
  if (!written)
    return std::unexpected(
        with_context(std::move(written).error(), "cannot write " + file.path.string()));
  return sync_path(file.path);
}

}  // namespace

Result<SourceFormat> format_of(const fs::path& out) {
  const std::string extension = out.extension().string();
  if (extension == ".parquet") return SourceFormat::kParquet;
  if (extension == ".csv") return SourceFormat::kCsv;
  if (extension == ".json" || extension == ".ndjson") return SourceFormat::kJson;
  return fail(
      ErrorKind::kUsage,
      "cannot tell a format from the name {}: let it end in .parquet, .csv, .json or .ndjson",
      out.string());
}

Result<GenerateReport> generate(const Shape& shape, std::int64_t rows, std::uint64_t seed,
                                const fs::path& out, const JobControl& control) {
  const auto start = std::chrono::steady_clock::now();
  const SourceFormat format = TRY(format_of(out));
  if (rows < 1)
    return fail(ErrorKind::kUsage, "the number of rows must be at least 1, not {}", rows);
  if (out.has_parent_path()) TRY(create_folder(out.parent_path()));
  fs::path name = out.parent_path();
  name /= fmt::format(".{}.{}.tmp", out.filename().string(), ::getpid());
  const TemporaryFile temporary(name);
  BlockFiller filler(shape, rows, seed);
  TRY(write_file(
      {temporary.path(), format, stored_columns(shape), rows},
      [&](RowBlock& block, std::int64_t first) { filler.fill(block, first); }, control));
  GenerateReport report;
  report.path = out;
  report.rows = rows;
  report.sha256 = TRY(sha256_file(temporary.path()));
  TRY(move_into_place(temporary.path(), out));
  std::error_code ignored;
  report.bytes = static_cast<std::int64_t>(fs::file_size(out, ignored));
  report.dirt = filler.counts();
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  control.report({kStage, 1.0, rows, true, report.seconds});
  return report;
}

}  // namespace voucher
