#include "definition/source_text.h"

#include <algorithm>

namespace voucher {
namespace {

bool is_continuation(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

/// Bytes of the well-formed character at the start of `text`, 0 where there is none (RFC 3629:
/// shortest form, no surrogates, at most U+10FFFF).
std::size_t character_size(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return 1;
  const std::size_t size = lead < 0xC2   ? 0
                           : lead < 0xE0 ? 2
                           : lead < 0xF0 ? 3
                           : lead < 0xF5 ? 4
                                         : 0;
  if (size == 0 || text.size() < size) return 0;
  for (std::size_t i = 1; i < size; ++i) {
    if (!is_continuation(text[i])) return 0;
  }
  const bool overlong = (lead == 0xE0 && byte(1) < 0xA0) || (lead == 0xF0 && byte(1) < 0x90);
  const bool beyond = (lead == 0xED && byte(1) >= 0xA0) || (lead == 0xF4 && byte(1) >= 0x90);
  return overlong || beyond ? 0 : size;
}

bool is_control(char byte) {
  const auto value = static_cast<unsigned char>(byte);
  return value == 0x7F || (value < 0x20 && byte != '\t' && byte != '\n' && byte != '\r');
}

}  // namespace

int count_characters(std::string_view text) {
  return static_cast<int>(
      std::ranges::count_if(text, [](char byte) { return !is_continuation(byte); }));
}

SourceText::SourceText(std::string_view text) : text_(text) {
  if (text_.starts_with("\xEF\xBB\xBF")) text_.remove_prefix(3);
  line_starts_.push_back(0);
  for (std::size_t i = 0; i < text_.size(); ++i) {
    if (text_[i] == '\n') line_starts_.push_back(i + 1);
  }
}

std::optional<Mistake> SourceText::first_unreadable() const {
  for (std::size_t i = 0; i < text_.size();) {
    const std::size_t size = character_size(text_.substr(i));
    if (size == 0) return Mistake{position_of(i), "not UTF-8; save the file in that encoding"};
    if (size == 1 && is_control(text_[i])) {
      return Mistake{position_of(i),
                     fmt::format("control character {:#04x}; remove it",
                                 static_cast<unsigned>(static_cast<unsigned char>(text_[i])))};
    }
    i += size;
  }
  return std::nullopt;
}

std::string_view SourceText::line_text(std::size_t line) const {
  const std::size_t start = line_starts_[line];
  const std::size_t end = line + 1 < line_starts_.size() ? line_starts_[line + 1] : text_.size();
  return text_.substr(start, end - start);
}

Position SourceText::position_of(std::size_t offset) const {
  const auto next = std::ranges::upper_bound(line_starts_, offset);
  const auto line = static_cast<std::size_t>(next - line_starts_.begin()) - 1;
  const std::string_view before = line_text(line).substr(0, offset - line_starts_[line]);
  return {static_cast<int>(line) + 1, count_characters(before) + 1};
}

Position SourceText::position(int line, int byte) const {
  const auto index = std::min(static_cast<std::size_t>(std::max(line, 0)), line_starts_.size() - 1);
  const auto before = line_text(index).substr(0, static_cast<std::size_t>(std::max(byte, 0)));
  return {static_cast<int>(index) + 1, count_characters(before) + 1};
}

bool SourceText::indented_by_tab(int line) const {
  if (line < 0 || static_cast<std::size_t>(line) >= line_starts_.size()) return false;
  const std::string_view text = line_text(static_cast<std::size_t>(line));
  const std::size_t indentation = text.find_first_not_of(" \t");
  return text.substr(0, indentation).find('\t') != std::string_view::npos;
}

bool SourceText::holds(int line, int byte, std::string_view part) const {
  if (line < 0 || byte < 0 || static_cast<std::size_t>(line) >= line_starts_.size()) return false;
  const std::string_view text = line_text(static_cast<std::size_t>(line));
  return static_cast<std::size_t>(byte) <= text.size() &&
         text.substr(static_cast<std::size_t>(byte)).starts_with(part);
}

}  // namespace voucher
