// Rows out of the server by COPY (…) TO STDOUT (FORMAT binary), one at a time: for results of any
// size.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "base/calendar.h"
#include "warehouse/postgresql/connection.h"

namespace voucher::postgresql {

/// One row; its values are valid during the call that it is handed to.
class CopyRow {
 public:
  [[nodiscard]] bool is_null(std::size_t column) const { return !fields_[column].has_value(); }
  /// A text; REQUIRES: not NULL.
  [[nodiscard]] std::string_view text(std::size_t column) const { return *fields_[column]; }
  [[nodiscard]] std::optional<std::string_view> text_or_null(std::size_t column) const {
    return fields_[column];
  }
  /// A bigint; REQUIRES: not NULL.
  [[nodiscard]] std::int64_t integer(std::size_t column) const {
    return number<std::int64_t>(column);
  }
  /// A timestamp; REQUIRES: not NULL.
  [[nodiscard]] Timestamp timestamp(std::size_t column) const;
  /// A date; REQUIRES: not NULL.
  [[nodiscard]] Day day(std::size_t column) const;
  /// A text[] of one dimension without NULL; REQUIRES: not NULL.
  [[nodiscard]] std::vector<std::string_view> texts(std::size_t column) const;

 private:
  template <class Number>
  [[nodiscard]] Number number(std::size_t column) const {
    Number value{};
    std::memcpy(&value, fields_[column]->data(), sizeof value);
    return std::endian::native == std::endian::little ? std::byteswap(value) : value;
  }
  std::vector<std::optional<std::string_view>> fields_;
  friend Result<> copy_out(Connection&, const std::string&,
                           const std::function<Result<>(const CopyRow&)>&, const std::stop_token&);
};

/// Runs COPY (`select`) TO STDOUT and calls `visit` for each row; stops at, and returns, its first
/// error.
[[nodiscard]] Result<> copy_out(Connection& connection, const std::string& select,
                                const std::function<Result<>(const CopyRow&)>& visit,
                                const std::stop_token& stop);

}  // namespace voucher::postgresql
