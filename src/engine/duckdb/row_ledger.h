// What is noted about rows while DuckDB streams them past the SQL functions of row_functions.h: how
// many failed for which reason, which may be duplicates, and what the rows that are written add up
// to. The phases follow each other; within one, many threads call at once.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "decision/counts.h"
#include "engine/duckdb/history_tally.h"
#include "engine/duckdb/row_index.h"
#include "engine/duckdb/scalar_function.h"
#include "engine/duckdb/suspect_rows.h"
#include "engine/engine.h"
#include "model/dataset.h"

namespace voucher::duckdb {

/// Where each file's rows begin among all rows of a run; by file position.
using FirstRows = std::vector<std::uint64_t>;

class RowLedger {
 public:
  /// `first_rows` follow the order of source_file. `index_bytes` bounds the memory for hashes. The
  /// dataset must outlive the ledger.
  RowLedger(const Dataset& dataset, FirstRows first_rows, std::uint64_t rows,
            std::uint64_t index_bytes);

  // Phase 1: every row is judged; valid ones are noted by their hash.
  /// Arguments: reason number, file position, source row, hash. The result is true for rejects, and
  /// for nothing in later passes of the index.
  void judge(const Arguments& arguments, Output& output);
  [[nodiscard]] std::uint64_t index_passes() const;
  void begin_index_pass(std::uint64_t pass);

  // Phase 2: who is a duplicate is settled.
  /// Presumes that rows whose hashes met are duplicates, to be confirmed while they are written;
  /// false where they are too many for that, and must be compared.
  [[nodiscard]] bool presume_duplicates();
  /// Arguments: reason number, file position, source row. The result is true for rows to compare.
  void select_suspects(const Arguments& arguments, Output& output) const;
  void begin_compared_duplicates();
  void add_duplicate(std::uint64_t file_position, std::int64_t source_row);

  // Phase 3: rows are written.
  void begin_writing();
  /// Arguments: reason number, file position, source row, the segment number of each variant, the
  /// value of each column. The result is true for rows to write.
  void process(const Arguments& arguments, Output& output);
  /// Whether all that was presumed has been confirmed.
  [[nodiscard]] bool presumption_held() const;

  // Afterwards.
  /// Counts without any check but that of reasons.
  [[nodiscard]] RowCounts row_counts() const;
  [[nodiscard]] HistoryCounts history() const;
  [[nodiscard]] std::vector<TimeRange> time_ranges() const;
  /// Rows that passed in the current phase; may be read at any time.
  [[nodiscard]] std::int64_t rows_passed() const { return rows_passed_; }

 private:
  /// The sums of some of the rows written; borrowed by one thread for one call.
  struct Tally {
    HistoryTally history;
    std::vector<std::optional<std::pair<std::int64_t, std::int64_t>>> ranges;
    std::int64_t processed = 0;
    std::int64_t duplicates = 0;
  };

  [[nodiscard]] RowOrdinal ordinal(std::uint64_t file_position, std::int64_t source_row) const;
  [[nodiscard]] std::unique_ptr<Tally> borrow_tally();
  void give_back(std::unique_ptr<Tally> tally);
  void add_ranges(const Arguments& arguments, const bool* written, Tally& tally) const;
  void add_history(const Arguments& arguments, const bool* written, Tally& tally) const;
  void confirm(RowOrdinal row, const Arguments& arguments, std::size_t position);

  const Dataset& dataset_;
  std::vector<Reason> reasons_;
  FirstRows first_rows_;
  std::unique_ptr<RowIndex> index_;  ///< absent where duplicates stay
  std::uint64_t pass_ = 0;
  std::vector<std::atomic<std::int64_t>> rows_by_reason_;  ///< by number; 0: valid
  std::atomic<std::int64_t> rows_passed_ = 0;
  RowSet duplicates_;
  std::unique_ptr<SuspectRows> presumed_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Tally>> tallies_;
};

}  // namespace voucher::duckdb
