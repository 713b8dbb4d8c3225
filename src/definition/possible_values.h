// What the rules of a dataset imply for the value of a variant: which numbers can occur at all.
#pragma once

#include <vector>

#include "definition/integer_set.h"
#include "model/rule.h"
#include "model/variant.h"

namespace voucher {

/// The values that a variant can have in a row that meets every rule: never fewer. Follows
/// comparisons from column to column (first <= last <= timestamp), literals and `in` lists. Exact
/// for integers, unless a rule says `column != column`; of days, more may be given where instants
/// are listed or compared strictly. A rule that reads a nullable column is void where that is
/// missing, so it binds only the variant that needs the column itself. Empty: no row can meet the
/// rules.
[[nodiscard]] IntegerSet possible_values(const Source& source, const std::vector<Rule>& rules,
                                         const Variant& variant);

/// Every value that the types alone allow: 64 bits, or the days between any two timestamps.
[[nodiscard]] IntegerSpan natural_range(const Variant& variant);

}  // namespace voucher
