// Looks at the raw files before any row is read: that each is there and whole, and that its columns
// are stored in a way that the definition can read. All mistakes of all files are told at once.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/duckdb/connection.h"
#include "engine/engine.h"
#include "model/dataset.h"
#include "sql/source_shape.h"

namespace voucher::duckdb {

struct ProbedSource {
  sql::SourceShape shape;
  std::vector<std::size_t> file_of_position;  ///< a file position of the shape -> the file's index
  std::vector<std::int64_t> rows;             ///< of each file
  std::vector<std::string> unknown_columns;   ///< sorted
};

/// Fails with kUnavailable where a file is missing or cannot be opened: all of them are named.
[[nodiscard]] Result<> check_readable(const std::vector<SourceFile>& files);

/// Reads the footers of Parquet files. kRefused: files that are no Parquet files or cut short;
/// columns missing or of another type.
[[nodiscard]] Result<ProbedSource> probe_parquet(Connection& connection, const Dataset& dataset,
                                                 const std::vector<SourceFile>& files);

/// What is wrong with Parquet files whose footers are whole: reads each one to its end. Nothing
/// where all can be read.
[[nodiscard]] Result<std::vector<std::string>> find_damage(Connection& connection,
                                                           const std::vector<SourceFile>& files,
                                                           const JobControl& control);

/// One error for any number of mistakes, sorted (each begins with its file): the message is the
/// only one, or counts them.
[[nodiscard]] Error refuse(std::vector<std::string> mistakes);

}  // namespace voucher::duckdb
