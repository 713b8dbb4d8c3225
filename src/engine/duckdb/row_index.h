// Finds rows whose hashes are equal, among any number of rows that many threads note at once, in
// eleven bytes a row. It may take two rows for equal that are not, never the other way round: who
// uses it compares the rows that it points out.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

namespace voucher::duckdb {

/// Position of a row among all rows of a run: by file, then by row.
using RowOrdinal = std::uint32_t;
inline constexpr std::uint64_t kMaxRows = UINT32_MAX;  ///< of one run: ordinals are 32 bits

/// One bit for each row. Bits are set by many threads at once.
class RowSet {
 public:
  explicit RowSet(std::uint64_t rows) : words_((rows + 63) / 64) {}

  void insert(RowOrdinal row) {
    std::atomic_ref(words_[row / 64])
        .fetch_or(std::uint64_t{1} << (row % 64), std::memory_order_relaxed);
  }
  /// REQUIRES: no insert at the same time.
  void erase(RowOrdinal row) { words_[row / 64] &= ~(std::uint64_t{1} << (row % 64)); }
  /// REQUIRES: no insert at the same time.
  [[nodiscard]] bool contains(RowOrdinal row) const {
    return ((words_[row / 64] >> (row % 64)) & 1U) != 0;
  }
  void clear() { words_.assign(words_.size(), 0); }

 private:
  std::vector<std::uint64_t> words_;
};

/// Two rows that met at one hash; `first` is who was there first in time, not in order.
struct Meeting {
  RowOrdinal first = 0;
  RowOrdinal later = 0;
};

class RowIndex {
 public:
  /// Bytes that `rows` rows need in one pass.
  [[nodiscard]] static std::uint64_t bytes_for(std::uint64_t rows);

  /// An index for rows 0 to `rows` - 1 (at most kMaxRows) that splits their hashes over `passes`
  /// passes.
  RowIndex(std::uint64_t rows, std::uint64_t passes);

  /// Forgets the hashes of the pass before. Passes are 0, 1, … `passes` - 1; it begins with 0.
  void begin_pass(std::uint64_t pass);
  [[nodiscard]] std::uint64_t passes() const { return passes_; }

  /// Notes rows with their hashes; those of another pass are left out. Threads may call it at once.
  void note(std::span<const std::uint64_t> hashes, std::span<const RowOrdinal> rows);

  /// The rows that met another one at their hash. REQUIRES: nobody is noting.
  [[nodiscard]] const RowSet& suspects() const { return suspects_; }
  [[nodiscard]] std::uint64_t meeting_count() const { return meeting_count_; }
  /// The first kMeetingsKept meetings. REQUIRES: nobody is noting.
  [[nodiscard]] const std::vector<Meeting>& meetings() const { return meetings_; }

  static constexpr std::size_t kMeetingsKept = 250'000;

 private:
  struct Unmap {
    std::size_t bytes = 0;
    void operator()(std::uint64_t* slots) const;
  };

  [[nodiscard]] std::uint64_t home(std::uint64_t hash) const;
  void note_one(std::uint64_t hash, RowOrdinal row);
  void meet(RowOrdinal first, RowOrdinal later);

  std::uint64_t passes_;
  std::uint64_t pass_ = 0;
  std::uint64_t capacity_;
  // Each slot holds 32 bits of a hash and a row's ordinal plus one; 0 is free.
  std::unique_ptr<std::uint64_t, Unmap> slots_;
  RowSet suspects_;
  std::mutex mutex_;
  std::vector<Meeting> meetings_;
  std::uint64_t meeting_count_ = 0;
};

}  // namespace voucher::duckdb
