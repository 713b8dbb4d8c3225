// Reads CSV by the letter of RFC 4180: fields in quotes or without, doubled quotes inside quotes,
// records ended by CRLF or LF. Nothing is guessed and nothing is repaired.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace voucher::text {

class CsvCursor {
 public:
  /// Walks whole records, of which the first begins at line `first_line`. The text must outlive it.
  CsvCursor(std::string_view text, std::int64_t first_line) : rest_(text), next_line_(first_line) {}

  /// The fields of the next record, valid until the next call; false after the last. kRefused, with
  /// the line: a quote inside a field without quotes, text after a closing quote, a quote never
  /// closed, a carriage return outside quotes.
  [[nodiscard]] Result<bool> next(std::vector<std::string_view>& fields);

  /// Where the last record began.
  [[nodiscard]] std::int64_t line() const { return line_; }

 private:
  enum class FieldEnd { kField, kRecord };

  [[nodiscard]] Result<FieldEnd> plain_field(std::string_view& field);
  [[nodiscard]] Result<FieldEnd> quoted_field(std::string_view& field);
  /// Takes what ends a field.
  [[nodiscard]] Result<FieldEnd> field_end();
  [[nodiscard]] std::unexpected<Error> refuse(std::string_view what) const;

  std::string_view rest_;
  std::int64_t next_line_;
  std::int64_t line_ = 0;
  std::deque<std::string> unescaped_;  ///< fields whose quotes were doubled
  std::size_t unescaped_used_ = 0;
};

}  // namespace voucher::text
