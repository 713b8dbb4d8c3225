// The words of a rule or value expression, each with its place in the text.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace voucher {

enum class TokenKind {
  kWord,        ///< a column, `in`, `days_between`
  kNumber,      ///< a digit or sign and what sticks to it: "5", "-1.0", "2018-07-10"
  kText,        ///< in single or double quotes, which are doubled inside
  kComparison,  ///< any run of < > = !
  kSymbol,      ///< one of [ ] ( ) ,
  kEnd,
  kUnknown,  ///< any other character, or text whose quote never ends
};

struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::string text;        ///< without quotes
  std::size_t offset = 0;  ///< in bytes from the start of the expression

  [[nodiscard]] bool is_symbol(std::string_view symbol) const {
    return kind == TokenKind::kSymbol && text == symbol;
  }
};

/// Reads one token at a time; blanks between tokens do not count.
class Tokens {
 public:
  explicit Tokens(std::string_view expression) : expression_(expression) { take(); }

  [[nodiscard]] const Token& peek() const { return next_; }
  /// The next token; at the end kEnd again and again.
  Token take();

 private:
  [[nodiscard]] Token read();
  [[nodiscard]] Token read_quoted(std::size_t start);

  std::string_view expression_;
  std::size_t position_ = 0;
  Token next_;
};

}  // namespace voucher
