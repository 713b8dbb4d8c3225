// The text of a file as a person sees it: lines, and columns in characters, whatever the bytes.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "definition/mistake.h"

namespace voucher {

/// Characters (code points) of UTF-8 text.
[[nodiscard]] int count_characters(std::string_view text);

/// Refers to the text given, which must outlive it. A byte order mark is skipped.
class SourceText {
 public:
  explicit SourceText(std::string_view text);

  [[nodiscard]] std::string_view text() const { return text_; }

  /// The first byte that is not UTF-8, or a control character other than tab and line ends.
  [[nodiscard]] std::optional<Mistake> first_unreadable() const;

  /// The place of a byte, from its line and its byte in the line, both from 0. Values outside the
  /// text become the nearest place inside.
  [[nodiscard]] Position position(int line, int byte) const;

  /// Whether blanks that begin a line (counted from 0) hold a tab.
  [[nodiscard]] bool indented_by_tab(int line) const;

  /// Whether `part`, on one line, is at that place.
  [[nodiscard]] bool holds(int line, int byte, std::string_view part) const;

 private:
  [[nodiscard]] std::string_view line_text(std::size_t line) const;
  [[nodiscard]] Position position_of(std::size_t offset) const;

  std::string_view text_;
  std::vector<std::size_t> line_starts_;
};

}  // namespace voucher
