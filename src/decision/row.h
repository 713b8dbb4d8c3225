// A raw row, or a request, as the deciding code sees it: one field for each source column.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/calendar.h"
#include "model/column.h"

namespace voucher {

enum class FieldState {
  kMissing,    ///< NULL or empty text
  kMalformed,  ///< not a value of the column's type
  kValue,
};

/// One parsed value. Does not own its text.
struct Field {
  FieldState state = FieldState::kMissing;
  std::int64_t number =
      0;  ///< integer columns: the value; timestamp columns: microseconds since the epoch
  std::string_view text;  ///< string columns: the value

  [[nodiscard]] bool has_value() const { return state == FieldState::kValue; }
  [[nodiscard]] Timestamp instant() const { return Timestamp{number}; }

  static Field of(std::int64_t number) { return {FieldState::kValue, number, {}}; }
  static Field of(Timestamp instant) { return {FieldState::kValue, instant.micros, {}}; }
  static Field of(std::string_view text) { return {FieldState::kValue, 0, text}; }
  static Field missing() { return {}; }
  static Field malformed() { return {FieldState::kMalformed, 0, {}}; }
};

/// Fields in the order of Source::columns.
using Row = std::span<const Field>;

/// `text` read as a value of `type`; the empty text is missing. A string field refers to `text`.
[[nodiscard]] Field parse_field(ColumnType type, std::string_view text) noexcept;

}  // namespace voucher
