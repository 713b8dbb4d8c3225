// Holds a row to the types and rules of its dataset. Batch rows and requests go through this same
// code.
#pragma once

#include <cstddef>
#include <vector>

#include "decision/row.h"
#include "model/dataset.h"

namespace voucher {

/// Position in rejection_reasons(): the order of precedence.
using ReasonIndex = std::size_t;

/// Compiled rules of one dataset; immutable, any number of threads. Keeps its own copy of what it
/// needs.
class Judge {
 public:
  explicit Judge(const Dataset& dataset);

  [[nodiscard]] const std::vector<Reason>& reasons() const { return reasons_; }

  /// Appends every reason against `row` to `found`, in order of precedence; none means the row is
  /// valid. A rule is judged when its own columns have values, whatever else is wrong. REQUIRES: a
  /// field per column.
  void judge(Row row, std::vector<ReasonIndex>& found) const;

 private:
  std::vector<Column> columns_;
  std::vector<Rule> rules_;
  std::vector<std::vector<ColumnIndex>> rule_columns_;  ///< of each rule, its first one first
  std::vector<Reason> reasons_;
};

/// Whether the rule holds. REQUIRES: the rule's columns have values in `row`.
[[nodiscard]] bool holds(const Rule& rule, const std::vector<Column>& columns, Row row);

}  // namespace voucher
