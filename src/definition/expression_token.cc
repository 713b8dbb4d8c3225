#include "definition/expression_token.h"

#include <utility>

namespace voucher {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_word_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_word(char c) {
  return is_word_start(c) || is_digit(c);
}
bool is_number_start(char c) {
  return is_digit(c) || c == '-' || c == '+';
}
bool is_number(char c) {
  return is_word(c) || is_number_start(c) || c == '.' || c == ':';
}
bool is_comparison(char c) {
  return c == '<' || c == '>' || c == '=' || c == '!';
}
bool is_symbol(char c) {
  return c == '[' || c == ']' || c == '(' || c == ')' || c == ',';
}
bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

}  // namespace

Token Tokens::take() {
  Token taken = std::exchange(next_, {});
  next_ = read();
  return taken;
}

Token Tokens::read() {
  while (position_ < expression_.size() && is_blank(expression_[position_])) ++position_;
  const std::size_t start = position_;
  if (start == expression_.size()) return {TokenKind::kEnd, "", start};
  const auto run = [&](TokenKind kind, bool (*belongs)(char)) -> Token {
    while (position_ < expression_.size() && belongs(expression_[position_])) ++position_;
    return {kind, std::string(expression_.substr(start, position_ - start)), start};
  };
  const char first = expression_[start];
  if (is_word_start(first)) return run(TokenKind::kWord, is_word);
  if (is_number_start(first)) return run(TokenKind::kNumber, is_number);
  if (is_comparison(first)) return run(TokenKind::kComparison, is_comparison);
  if (first == '\'' || first == '"') return read_quoted(start);
  ++position_;
  // A character of several bytes is one token.
  while (position_ < expression_.size() &&
         (static_cast<unsigned char>(expression_[position_]) & 0xC0U) == 0x80U) {
    ++position_;
  }
  return {is_symbol(first) ? TokenKind::kSymbol : TokenKind::kUnknown,
          std::string(expression_.substr(start, position_ - start)), start};
}

Token Tokens::read_quoted(std::size_t start) {
  const char quote = expression_[start];
  std::string text;
  for (position_ = start + 1; position_ < expression_.size(); ++position_) {
    const char c = expression_[position_];
    if (c != quote) {
      text += c;
      continue;
    }
    ++position_;
    if (position_ == expression_.size() || expression_[position_] != quote) {
      return {TokenKind::kText, std::move(text), start};
    }
    text += quote;
  }
  return {TokenKind::kUnknown, std::string(expression_.substr(start)), start};
}

}  // namespace voucher
