// CSV and JSON files as DuckDB tables: voucher_csv and voucher_json read the blocks of all files of
// a run, many threads at once.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/duckdb/connection.h"
#include "engine/duckdb/source_probe.h"
#include "engine/engine.h"
#include "engine/text/block_index.h"
#include "model/dataset.h"

namespace voucher::duckdb {

/// The indexed files of a run; must outlive every query that reads them.
class TextSource {
 public:
  explicit TextSource(const Dataset& dataset) : dataset_(dataset) {}

  /// Reads every file once, to find its blocks. kRefused: a header without a declared column, an
  /// endless record; of all files at once.
  [[nodiscard]] Result<ProbedSource> probe(const std::vector<SourceFile>& files,
                                           const text::BlockLimits& limits,
                                           const JobControl& control);

  /// Makes voucher_csv and voucher_json known. They give the declared columns as text, for each
  /// integer column of JSON its number as `<name>#number`, and source_file, source_row and
  /// file_position.
  [[nodiscard]] Result<> register_functions(Connection& connection);

  /// The first mistake of each file, in order.
  [[nodiscard]] Result<std::vector<std::string>> find_mistakes(const JobControl& control) const;

  /// Keys of JSON objects that are not declared, of all rows read so far.
  [[nodiscard]] std::vector<std::string> unknown_keys() const;

  // What the table functions use.
  struct Place {
    std::size_t file = 0;
    std::size_t block = 0;
  };
  [[nodiscard]] const Dataset& dataset() const { return dataset_; }
  [[nodiscard]] const std::vector<text::IndexedFile>& files() const { return files_; }
  [[nodiscard]] const std::vector<Place>& places() const { return places_; }
  [[nodiscard]] std::int64_t rows() const;
  void add_unknown(const std::set<std::string, std::less<>>& keys);

 private:
  const Dataset& dataset_;
  std::vector<text::IndexedFile> files_;
  std::vector<Place> places_;  ///< every block of every file, in order
  mutable std::mutex mutex_;
  std::set<std::string, std::less<>> unknown_;
};

}  // namespace voucher::duckdb
