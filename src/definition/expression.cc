#include "definition/expression.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/suggest.h"
#include "decision/parse.h"
#include "definition/expression_token.h"

namespace voucher {
namespace {

constexpr std::array kComparisons{Comparison::kLessEqual,    Comparison::kLess,
                                  Comparison::kEqual,        Comparison::kNotEqual,
                                  Comparison::kGreaterEqual, Comparison::kGreater};

/// What people write from habit in other languages, and what it is here.
constexpr std::array<std::pair<std::string_view, Comparison>, 4> kHabits{{
    {"==", Comparison::kEqual},
    {"<>", Comparison::kNotEqual},
    {"=<", Comparison::kLessEqual},
    {"=>", Comparison::kGreaterEqual},
}};

constexpr std::string_view kRuleForms =
    "write: column <= column, column >= 5, or column in ['a', 'b']";

class ConditionParser {
 public:
  ConditionParser(const YamlNode& scalar, const ColumnTable& columns, Mistakes& mistakes)
      : scalar_(scalar), columns_(columns), mistakes_(mistakes), tokens_(scalar.text) {}

  std::optional<Condition> parse() {
    const Token first = tokens_.take();
    if (first.kind != TokenKind::kWord) return unexpected(first, "a rule begins with a column");
    left_ = columns_.resolve(first.text, place_of(first), mistakes_);
    auto condition =
        tokens_.peek().kind == TokenKind::kWord ? parse_membership() : parse_comparison(first);
    if (condition && tokens_.peek().kind != TokenKind::kEnd) {
      return unexpected(tokens_.peek(), "a rule is one condition");
    }
    return condition;
  }

 private:
  [[nodiscard]] Position place_of(const Token& token) const {
    return place_in(scalar_, token.offset);
  }

  std::nullopt_t unexpected(const Token& token, std::string_view expected) {
    if (token.kind == TokenKind::kUnknown && token.text.find_first_of("'\"") == 0) {
      mistakes_.add(place_of(token), "the text after {} has no closing quote", token.text.front());
    } else if (token.kind == TokenKind::kEnd) {
      mistakes_.add(place_of(token), "the rule ends too early: {}; {}", expected, kRuleForms);
    } else {
      mistakes_.add(place_of(token), "unexpected {}: {}; {}", quoted(token), expected, kRuleForms);
    }
    return std::nullopt;
  }

  static std::string quoted(const Token& token) {
    return fmt::format("{}'{}'", token.kind == TokenKind::kText ? "text " : "", token.text);
  }

  std::optional<Condition> parse_comparison(const Token& first) {
    const Token sign = tokens_.take();
    if (sign.kind != TokenKind::kComparison) return unexpected(sign, "a comparison follows");
    const auto comparison = find_comparison(sign);
    const Token right = tokens_.take();
    if (right.kind == TokenKind::kWord) {
      const auto other = resolve_right(right);
      if (!comparison || !left_ || !other) return std::nullopt;
      if (!comparable(first, right, *other)) return std::nullopt;
      return ColumnComparison{*left_, *comparison, *other};
    }
    auto literal = parse_literal(right);
    if (!comparison || !literal) return std::nullopt;
    return ColumnComparison{*left_, *comparison, *std::move(literal)};
  }

  std::optional<Comparison> find_comparison(const Token& sign) {
    std::string hint;
    for (const Comparison comparison : kComparisons) {
      if (to_string(comparison) == sign.text) return comparison;
    }
    for (const auto& [habit, comparison] : kHabits) {
      if (habit == sign.text) hint = fmt::format(" (did you mean '{}'?)", to_string(comparison));
    }
    mistakes_.add(place_of(sign), "unknown comparison '{}'{}; there are <= < = != >= >", sign.text,
                  hint);
    return std::nullopt;
  }

  std::optional<ColumnIndex> resolve_right(const Token& right) {
    const bool may_be_text =
        left_ && columns_.has_type(*left_) && columns_.at(*left_).type == ColumnType::kString;
    const auto hint =
        may_be_text ? fmt::format("; text needs quotes: '{}'", right.text) : std::string();
    return columns_.resolve(right.text, place_of(right), mistakes_, hint);
  }

  bool comparable(const Token& first, const Token& right, ColumnIndex other) {
    if (*left_ == other) {
      mistakes_.add(place_of(right), "'{}' is compared with itself", right.text);
      return false;
    }
    if (!columns_.has_type(*left_) || !columns_.has_type(other)) return false;
    const ColumnType left_type = columns_.at(*left_).type;
    const ColumnType right_type = columns_.at(other).type;
    if (left_type == right_type) return true;
    mistakes_.add(place_of(right), "cannot compare '{}' of type {} with '{}' of type {}",
                  first.text, to_string(left_type), right.text, to_string(right_type));
    return false;
  }

  std::optional<Condition> parse_membership() {
    const Token word = tokens_.take();
    if (word.text != "in") return unexpected(word, "a comparison or 'in' follows a column");
    if (const Token open = tokens_.take(); !open.is_symbol("[")) {
      return unexpected(open, "'[' follows 'in'");
    }
    std::vector<Literal> values;
    bool complete = left_.has_value();
    while (true) {
      const Token token = tokens_.take();
      if (token.kind == TokenKind::kEnd || token.kind == TokenKind::kSymbol) {
        return unexpected(token, "a list holds at least one literal");
      }
      auto literal = parse_literal(token);
      if (literal && std::ranges::find(values, *literal) != values.end()) {
        mistakes_.add(place_of(token), "{} is listed twice", quoted(token));
        literal.reset();
      }
      if (literal)
        values.push_back(*std::move(literal));
      else
        complete = false;
      const Token next = tokens_.take();
      if (next.is_symbol("]")) break;
      if (!next.is_symbol(",")) {
        return unexpected(next, "',' or ']' follows a literal");
      }
    }
    if (!complete) return std::nullopt;
    return Membership{*left_, std::move(values)};
  }

  /// A literal of the left column's type; nullopt also where that type is not known.
  std::optional<Literal> parse_literal(const Token& token) {
    if (token.kind == TokenKind::kWord) {
      mistakes_.add(place_of(token), "'{}' is no literal; text needs quotes: '{}'", token.text,
                    token.text);
      return std::nullopt;
    }
    if (token.kind != TokenKind::kNumber && token.kind != TokenKind::kText) {
      return unexpected(token, "a column or a literal follows");
    }
    if (!left_ || !columns_.has_type(*left_)) return std::nullopt;
    auto literal = literal_of(columns_.at(*left_).type, token);
    if (literal) return literal;
    const Column& column = columns_.at(*left_);
    mistakes_.add(place_of(token), "{} is no literal for '{}' of type {}: {}", quoted(token),
                  column.name, to_string(column.type), literal_form(column.type));
    return std::nullopt;
  }

  static std::optional<Literal> literal_of(ColumnType type, const Token& token) {
    const bool is_text = token.kind == TokenKind::kText;
    if (type == ColumnType::kInteger) {
      const auto value = is_text ? std::nullopt : parse_integer(token.text);
      return value ? std::optional<Literal>(*value) : std::nullopt;
    }
    if (!is_text) return std::nullopt;
    if (type == ColumnType::kString) {
      return token.text.empty() ? std::nullopt : std::optional<Literal>(token.text);
    }
    const auto value = parse_timestamp(token.text);
    return value ? std::optional<Literal>(*value) : std::nullopt;
  }

  static std::string_view literal_form(ColumnType type) {
    switch (type) {
      case ColumnType::kInteger: return "write a whole number of 64 bits, without quotes";
      case ColumnType::kString: return "write text in quotes; empty text is a missing value";
      case ColumnType::kTimestamp: return "write '2018-07-10' or '2018-07-10 23:59:59'";
    }
    return "";
  }

  const YamlNode& scalar_;
  const ColumnTable& columns_;
  Mistakes& mistakes_;
  Tokens tokens_;
  std::optional<ColumnIndex> left_;
};

class ValueParser {
 public:
  ValueParser(const YamlNode& scalar, const ColumnTable& columns, Mistakes& mistakes)
      : scalar_(scalar), columns_(columns), mistakes_(mistakes), tokens_(scalar.text) {}

  std::optional<ValueExpression> parse() {
    const Token first = tokens_.take();
    if (first.kind != TokenKind::kWord) return unexpected(first);
    if (tokens_.peek().kind == TokenKind::kEnd) {
      return value_of(first, ColumnType::kInteger, "a value", false);
    }
    if (!tokens_.peek().is_symbol("(")) return unexpected(tokens_.peek());
    static const std::vector<std::string> kFunctions{"days_between"};
    if (first.text != kFunctions.front()) {
      return unexpected(first, did_you_mean(first.text, kFunctions));
    }
    tokens_.take();
    return parse_arguments();
  }

 private:
  std::optional<ValueExpression> parse_arguments() {
    const Token column = tokens_.take();
    if (column.kind != TokenKind::kWord) return unexpected(column);
    if (const Token comma = tokens_.take(); !comma.is_symbol(",")) return unexpected(comma);
    if (const Token clock = tokens_.take(); clock.text != "clock") {
      return unexpected(clock, ", here stands the word clock; 'clock:' names the column");
    }
    if (const Token close = tokens_.take(); !close.is_symbol(")")) return unexpected(close);
    if (tokens_.peek().kind != TokenKind::kEnd) return unexpected(tokens_.peek());
    return value_of(column, ColumnType::kTimestamp, "the first argument of days_between", true);
  }

  std::optional<ValueExpression> value_of(const Token& column, ColumnType type,
                                          std::string_view use, bool uses_clock) {
    const Position where = place_in(scalar_, column.offset);
    return ValueExpression{columns_.resolve_typed(column.text, type, use, where, mistakes_), where,
                           uses_clock};
  }

  std::nullopt_t unexpected(const Token& token, std::string_view hint = "") {
    const std::string what = token.kind == TokenKind::kEnd
                                 ? "the value ends too early"
                                 : fmt::format("unexpected '{}'", token.text);
    mistakes_.add(place_in(scalar_, token.offset), "{}{}; write: column, or {}", what, hint,
                  "days_between(column, clock)");
    return std::nullopt;
  }

  const YamlNode& scalar_;
  const ColumnTable& columns_;
  Mistakes& mistakes_;
  Tokens tokens_;
};

}  // namespace

std::optional<Condition> parse_condition(const YamlNode& scalar, const ColumnTable& columns,
                                         Mistakes& mistakes) {
  return ConditionParser(scalar, columns, mistakes).parse();
}

std::optional<ValueExpression> parse_value(const YamlNode& scalar, const ColumnTable& columns,
                                           Mistakes& mistakes) {
  return ValueParser(scalar, columns, mistakes).parse();
}

}  // namespace voucher
