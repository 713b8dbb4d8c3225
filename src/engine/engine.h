// An engine turns raw files into processed and rejected rows. Engines differ in where they compute;
// the answer is the same to the last row, and tests hold them to it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/calendar.h"
#include "base/progress.h"
#include "base/result.h"
#include "decision/counts.h"
#include "engine/label_moves.h"
#include "model/dataset.h"

namespace voucher {

/// A raw file whose content is known.
struct SourceFile {
  std::filesystem::path path;  ///< absolute, normalised; what `source_file` holds
  std::string sha256;          ///< of the content, 64 hex digits
  std::int64_t bytes = 0;
  std::int64_t modified_ns = 0;  ///< since the epoch
  std::int64_t rows = 0;         ///< raw rows; filled by the engine
};

enum class OutputFormat {
  kParquet,  ///< declared columns typed, one text column per variant, source_file, source_row
  kCsv,      ///< the table alone: declared columns and variants, RFC 4180 with a header
};

struct TransformRequest {
  Dataset dataset;
  std::vector<SourceFile> files;  ///< at least one, sorted by path; contents differ
  std::filesystem::path out;      ///< an existing empty folder of the caller's
  OutputFormat format = OutputFormat::kParquet;
};

struct StageTime {
  std::string name;
  double seconds = 0;
  std::int64_t rows = 0;
};

/// Smallest and largest value of a timestamp column in the processed rows; absent where there are
/// none.
struct TimeRange {
  std::string column;
  Timestamp least;
  Timestamp greatest;
};

struct TransformOutcome {
  RowCounts rows;                            ///< balanced
  std::vector<SourceFile> files;             ///< those of the request, with their row counts
  std::vector<std::string> unknown_columns;  ///< of the files, not in the definition; sorted
  /// Counts of the processed rows; absent only where an outcome was read back from a folder: the
  /// loader then counts.
  std::optional<HistoryCounts> history;
  std::vector<TimeRange> time_ranges;  ///< of each non-nullable timestamp column
  std::filesystem::path processed;     ///< `out`/processed.parquet or .csv
  std::filesystem::path rejected;      ///< `out`/rejected.parquet
  std::vector<StageTime> stages;
};

/// Processed rows read again: typed, valid and free of duplicates as they are.
struct RelabelRequest {
  Dataset dataset;  ///< of the same `source` and `clean` as the definition that made the rows
  std::vector<std::filesystem::path> files;  ///< processed Parquet files; at least one
  std::filesystem::path out;                 ///< the Parquet file to write
};

struct RelabelOutcome {
  std::int64_t rows = 0;
  HistoryCounts history;
};

class Engine {
 public:
  virtual ~Engine() = default;

  /// "duckdb" or "spark".
  [[nodiscard]] virtual std::string name() const = 0;

  /// Reads all files, cleans, deduplicates and classifies, and writes both outputs under
  /// `request.out`. kRefused: a damaged or unreadable format, a column missing or of another type,
  /// a malformed CSV record (each named, with file and line or column); kUnavailable: file missing
  /// or unreadable, disk full; kInterrupted. After a failure the caller removes the folder. Row
  /// accounting has been checked. It does not judge shares: whoever runs it does.
  [[nodiscard]] virtual Result<TransformOutcome> transform(const TransformRequest& request,
                                                           const JobControl& control) = 0;

  /// Writes the rows of all files into one, each with its labels under the request's definition.
  /// kRefused: a file lacks a column of the definition or is damaged; else as transform().
  [[nodiscard]] virtual Result<RelabelOutcome> relabel(const RelabelRequest& request,
                                                       const JobControl& control) = 0;

  /// Writes the rows of all Parquet files, which have the same columns, into one: of rejected
  /// files, say. Fails as relabel().
  [[nodiscard]] virtual Result<> concatenate(const std::vector<std::filesystem::path>& files,
                                             const std::filesystem::path& out,
                                             const JobControl& control) = 0;

  /// How many rows two states of a table label differently, and how many alike. `scratch` is an
  /// existing folder for what does not fit into memory. kRefused: a file is no table of its
  /// definition; kUnavailable: it cannot be read, disk full; kInterrupted.
  [[nodiscard]] virtual Result<std::vector<LabelMove>> compare_labels(
      const LabelledTable& before, const LabelledTable& after, const std::filesystem::path& scratch,
      const JobControl& control) = 0;
};

}  // namespace voucher
