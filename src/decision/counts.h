// What history is boiled down to: how many rows each amount has, per group and per cell. Counts add
// up, so the counts of a version are the sum of those of its parts, in any order.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/dataset.h"

namespace voucher {

/// Row accounting; raw = processed + rejected + duplicates, always.
struct RowCounts {
  std::int64_t raw = 0;
  std::int64_t processed = 0;
  std::int64_t rejected = 0;
  std::int64_t duplicates = 0;
  std::map<std::string, std::int64_t>
      rejected_by;  ///< primary reason -> rows; zero counts are left out

  [[nodiscard]] bool balanced() const;  ///< raw and rejected_by add up
  RowCounts& operator+=(const RowCounts& other);
  friend bool operator==(const RowCounts&, const RowCounts&) = default;
};

/// Rows per amount of a set of rows.
struct AmountCounts {
  std::map<std::int64_t, std::int64_t> by_amount;  ///< amount -> rows, ascending, no zero counts
  std::int64_t null_rows = 0;                      ///< rows with a NULL amount

  [[nodiscard]] std::int64_t with_amount() const;  ///< rows that have an amount
  [[nodiscard]] std::int64_t rows() const { return with_amount() + null_rows; }
  void add(std::optional<std::int64_t> amount, std::int64_t rows);
  AmountCounts& operator+=(const AmountCounts& other);
  /// As if the other's rows had never been added; false, and then all counts mean nothing, where
  /// some of them had not.
  [[nodiscard]] bool subtract(const AmountCounts& other);
  friend bool operator==(const AmountCounts&, const AmountCounts&) = default;
};

/// Counts of one group. `cells[variant]` has one entry for each segment, then one for unsegmented
/// rows.
struct GroupCounts {
  std::map<std::string, std::int64_t> spellings;  ///< as written -> rows
  AmountCounts all;
  std::vector<std::vector<AmountCounts>> cells;

  /// The most frequent spelling; ties: the smallest bytes.
  [[nodiscard]] const std::string& shown() const;
  GroupCounts& operator+=(const GroupCounts& other);
  /// As AmountCounts::subtract(). REQUIRES: the same shape.
  [[nodiscard]] bool subtract(const GroupCounts& other);
  friend bool operator==(const GroupCounts&, const GroupCounts&) = default;
};

/// Lower case of A–Z only; other bytes stay. Groups are matched by this.
[[nodiscard]] std::string fold_ascii(std::string_view text);

/// Counts of a history: folded group -> its counts. The shape (variants, segments) is the
/// dataset's.
class HistoryCounts {
 public:
  HistoryCounts() = default;
  explicit HistoryCounts(const std::vector<Variant>& variants);

  /// Adds `rows` equal rows: a group as written, its segment per variant (nullopt: unsegmented) and
  /// amount. REQUIRES: one segment entry for each variant.
  void add(std::string_view group, std::span<const std::optional<SegmentIndex>> segments,
           std::optional<std::int64_t> amount, std::int64_t rows);
  /// REQUIRES: the same shape.
  HistoryCounts& operator+=(const HistoryCounts& other);
  /// As AmountCounts::subtract(). REQUIRES: the same shape.
  [[nodiscard]] bool subtract(const HistoryCounts& other);

  [[nodiscard]] const std::map<std::string, GroupCounts>& groups() const { return groups_; }
  /// The group's counts, made empty where new. `folded` must be folded.
  GroupCounts& group(const std::string& folded);
  /// Segments of each variant, without the unsegmented entry.
  [[nodiscard]] const std::vector<std::size_t>& shape() const { return shape_; }
  /// Rows per variant and segment over all groups; the last entry of each variant is unsegmented.
  [[nodiscard]] std::vector<std::vector<std::int64_t>> rows_per_segment() const;
  friend bool operator==(const HistoryCounts&, const HistoryCounts&) = default;

 private:
  std::vector<std::size_t> shape_;
  std::map<std::string, GroupCounts> groups_;
};

}  // namespace voucher
