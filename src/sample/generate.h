// Synthetic raw data, for demos, tests and benchmarks: rows of a shape, written to one file. Same
// shape, number of rows and seed: same bytes, on any machine and whatever else it does.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "sample/shape.h"

namespace voucher {

/// Parses and checks a sample file against the dataset that it describes. Fails with kRefused;
/// Error::details has one line a mistake, in order of place: "name:12:7: …".
[[nodiscard]] Result<Shape> parse_shape(std::string_view yaml, std::string_view name,
                                        const Dataset& dataset);

/// Reads and parses a file: domains/<domain>/<dataset>.sample.yaml. kUnavailable where it cannot be
/// read.
[[nodiscard]] Result<Shape> load_shape(const std::filesystem::path& path, const Dataset& dataset);

/// How many rows have one kind of dirt. A row may have several.
struct DirtCount {
  std::string name;  ///< "missing total_orders"
  std::int64_t rows = 0;
};

struct GenerateReport {
  std::filesystem::path path;
  std::int64_t rows = 0;
  std::int64_t bytes = 0;       ///< of the file
  std::string sha256;           ///< of the file
  std::vector<DirtCount> dirt;  ///< in the order of the sample file
  double seconds = 0;
};

/// The format that a file's extension names: .parquet, .csv, .json or .ndjson (newline-delimited).
/// kUsage for any other.
[[nodiscard]] Result<SourceFormat> format_of(const std::filesystem::path& out);

/// Writes `rows` rows to `out` (its folder is made where missing), which appears complete or not at
/// all and replaces a file of that name. kUsage for a wrong extension or no rows, kUnavailable
/// where it cannot be written, kInterrupted once a stop is asked for.
[[nodiscard]] Result<GenerateReport> generate(const Shape& shape, std::int64_t rows,
                                              std::uint64_t seed, const std::filesystem::path& out,
                                              const JobControl& control);

}  // namespace voucher
