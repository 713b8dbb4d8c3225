// Conditions that a raw row must meet. A row that fails one is rejected with the rule's id.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/calendar.h"
#include "model/column.h"

namespace voucher {

enum class Comparison { kLessEqual, kLess, kEqual, kNotEqual, kGreaterEqual, kGreater };

/// "<=", "<", "=", "!=", ">=", ">".
[[nodiscard]] std::string_view to_string(Comparison comparison);

/// A literal of the column's type: integer, timestamp or string.
using Literal = std::variant<std::int64_t, Timestamp, std::string>;

/// `left op right`; both sides have the same type. Strings compare by bytes.
struct ColumnComparison {
  ColumnIndex left = 0;
  Comparison comparison = Comparison::kEqual;
  std::variant<ColumnIndex, Literal> right;
  friend bool operator==(const ColumnComparison&, const ColumnComparison&) = default;
};

/// `column in [a, b]`.
struct Membership {
  ColumnIndex column = 0;
  std::vector<Literal> values;  ///< never empty
  friend bool operator==(const Membership&, const Membership&) = default;
};

struct Rule {
  std::string id;
  std::variant<ColumnComparison, Membership> condition;
  friend bool operator==(const Rule&, const Rule&) = default;
};

/// Every column a rule reads, its first one first.
[[nodiscard]] std::vector<ColumnIndex> columns_of(const Rule& rule);

enum class ReasonKind { kMissing, kMalformed, kRule };

/// Why a row can be rejected.
struct Reason {
  std::string id;  ///< `<column>_missing`, `<column>_malformed` or the rule's id
  ReasonKind kind = ReasonKind::kRule;
  ColumnIndex column = 0;  ///< the column, or the rule's first column
  std::size_t rule = 0;    ///< position in Clean::rules; for kRule only
};

/// All reasons in order of precedence: the implied ones in column order (missing before malformed;
/// a nullable column has no `missing`, a string column no `malformed`), then the declared rules.
/// The first that applies is a row's primary reason. (DESIGN: semantics of implied rules.)
[[nodiscard]] std::vector<Reason> rejection_reasons(const Source& source,
                                                    const std::vector<Rule>& rules);

}  // namespace voucher
