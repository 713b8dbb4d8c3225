// The two small languages of a definition: what a rule requires (`column op column`,
// `column op literal`, `column in [a, b]`) and what a variant segments (`column`,
// `days_between(column, clock)`). Types are checked here.
#pragma once

#include <optional>
#include <variant>

#include "definition/column_table.h"
#include "definition/yaml_tree.h"
#include "model/rule.h"
#include "model/variant.h"

namespace voucher {

using Condition = decltype(Rule::condition);

/// The condition of a scalar; nullopt where it is mistaken, or speaks of a mistaken column.
[[nodiscard]] std::optional<Condition> parse_condition(const YamlNode& scalar,
                                                       const ColumnTable& columns,
                                                       Mistakes& mistakes);

/// What a variant's `value` says; which column is the clock is said elsewhere.
struct ValueExpression {
  std::optional<ColumnIndex> column;  ///< nullopt where it is mistaken
  Position column_where;
  bool uses_clock = false;  ///< days_between(column, clock)
};

/// The value of a scalar; nullopt where its form is mistaken.
[[nodiscard]] std::optional<ValueExpression> parse_value(const YamlNode& scalar,
                                                         const ColumnTable& columns,
                                                         Mistakes& mistakes);

}  // namespace voucher
