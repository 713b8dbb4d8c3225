// Checks, while rows are written, that those left out for their hashes really are duplicates. They
// nearly always are; where one is not, the rows have to be compared properly and written again.
#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/duckdb/row_index.h"

namespace voucher::duckdb {

class SuspectRows {
 public:
  /// Rows that met belong together.
  explicit SuspectRows(const std::vector<Meeting>& meetings);

  /// Every suspect but the first, in order, of those that belong together.
  [[nodiscard]] std::vector<RowOrdinal> presumed_duplicates() const;

  /// Compares a row, as bytes that are equal where rows are, with those it belongs to. Takes each
  /// suspect once; rows that are no suspects are left out. Threads may call it at once.
  void check(RowOrdinal row, std::string_view bytes);

  /// Whether no two rows that belong together differed.
  [[nodiscard]] bool all_equal() const { return all_equal_; }
  /// Whether every suspect was checked.
  [[nodiscard]] bool all_checked() const;

 private:
  struct Family {
    std::vector<RowOrdinal> members;
    std::size_t outstanding = 0;
    std::string bytes;  ///< of the member that came first; dropped when the last has come
  };

  std::vector<Family> families_;
  std::unordered_map<RowOrdinal, std::size_t> family_of_;
  std::mutex mutex_;
  bool all_equal_ = true;
};

}  // namespace voucher::duckdb
