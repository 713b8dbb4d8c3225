// Makes the rows of a sample, any row at any time: a row is a function of shape, number of rows,
// seed and its own number, so files are the same however the work is cut.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "decision/row.h"
#include "sample/random.h"
#include "sample/shape.h"

namespace voucher {

/// What is written into one column of one row.
struct Cell {
  enum class Kind {
    kNull,
    kNumber,  ///< an integer, or microseconds since the epoch
    kText,    ///< to be written as it is
  };
  Kind kind = Kind::kNull;
  std::int64_t number = 0;
  std::string_view text;
};

class RowMaker {
 public:
  /// `shape` must outlive the maker.
  RowMaker(const Shape& shape, std::int64_t rows, std::uint64_t seed);

  /// The cells of a row, in the order of Shape::columns; valid until the next call. REQUIRES: 0 <=
  /// row < rows.
  [[nodiscard]] std::span<const Cell> make(std::int64_t row);

  /// Whether the row made last has the dirt at a position of Shape::dirt (a duplicate has that of
  /// the row it repeats, too).
  [[nodiscard]] bool shows_dirt(std::size_t dirt) const { return shown_[dirt]; }

 private:
  [[nodiscard]] bool has_dirt(std::size_t dirt, std::int64_t row) const;
  /// The row whose values are written as `row`: itself, or the earlier one that it repeats.
  [[nodiscard]] std::int64_t origin_of(std::int64_t row) const;
  [[nodiscard]] Field draw(const ColumnShape& column, Draws draws) const;
  [[nodiscard]] Field draw_one_of(const OneOf& one_of, Draws& draws) const;
  void apply(const Dirt& dirt, Draws draws);

  const Shape& shape_;
  std::uint64_t seed_;
  std::vector<Permutation> chosen_;        ///< one for each dirt
  std::vector<std::uint64_t> dirty_rows_;  ///< one for each dirt: how many rows have it
  std::vector<std::size_t> position_of_;   ///< of a source column in Shape::columns
  std::vector<Field> fields_;              ///< by source column, without dirt
  std::vector<Cell> cells_;                ///< by position in Shape::columns
  std::vector<bool> shown_;                ///< one for each dirt, of the row made last
  std::vector<std::string> respelled_;     ///< by position in Shape::columns
};

}  // namespace voucher
