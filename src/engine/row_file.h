// Writes a table of computed rows to one Parquet, CSV or JSON file, block by block in constant
// memory. Equal rows give equal bytes: one writing thread, rows in order, row groups of a fixed
// size. What is written this way is test and demo data, not the product's own files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "model/column.h"

namespace voucher {

/// How a column is stored in Parquet; CSV and JSON have its natural text.
enum class StoredType {
  kText,
  kInteger,
  kDouble,
  kDate,
  kTimestampMillis,
  kTimestampMicros,
  kTimestampNanos,
};

struct StoredColumn {
  std::string name;
  StoredType type = StoredType::kText;
};

/// Rows being filled in; each value of each of them must be set once. Positions count from 0 within
/// the block.
class RowBlock {
 public:
  /// Where the values of a column go; made by the writer.
  struct Target {
    StoredType type = StoredType::kText;
    void* vector = nullptr;
    void* data = nullptr;
    std::uint64_t* validity = nullptr;
  };

  RowBlock(std::vector<Target> targets, std::size_t rows)
      : targets_(std::move(targets)), rows_(rows) {}

  [[nodiscard]] std::size_t rows() const { return rows_; }
  void set_null(std::size_t column, std::size_t row);
  /// REQUIRES: a text column.
  void set_text(std::size_t column, std::size_t row, std::string_view text);
  /// An integer for kInteger and kDouble; microseconds since the epoch for dates and timestamps.
  void set_number(std::size_t column, std::size_t row, std::int64_t number);

 private:
  std::vector<Target> targets_;
  std::size_t rows_;
};

/// Sets all values of the block whose first row is row number `first` (from 0) of the file. Called
/// in order, from one thread at a time. Must not throw.
using FillRows = std::function<void(RowBlock& block, std::int64_t first)>;

struct RowFile {
  std::filesystem::path path;  ///< replaced where it exists; a failure may leave a part of it
  SourceFormat format = SourceFormat::kParquet;
  std::vector<StoredColumn> columns;
  std::int64_t rows = 0;
};

/// kUnavailable where the file cannot be written (disk full, no such folder), kInterrupted once a
/// stop is asked for. Progress is reported as stage `stage`.
[[nodiscard]] Result<> write_row_file(const RowFile& file, const FillRows& fill,
                                      const JobControl& control, std::string_view stage);

}  // namespace voucher
