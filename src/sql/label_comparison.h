// How many rows two states of a table label differently, as DuckDB's SQL. A row is the same in both
// where it has the same place in the raw files and the same values; rows left over are the same
// where their values are (another copy of a duplicate stays).
#pragma once

#include <string>

#include "model/dataset.h"

namespace voucher::sql {

/// A table in one state.
struct LabelledScan {
  const Dataset& dataset;  ///< what its rows are labelled under
  std::string rows;        ///< what reads them, for a FROM; empty: the table has no rows
};

/// Statements to be run in order.
struct LabelComparison {
  /// Makes the empty tables that the others fill.
  std::string prepare;
  /// Pairs rows of one place with equal values.
  std::string pair_by_place;
  /// Three numbers: the rows of the one state, of the other, and the pairs. Equal numbers mean that
  /// no row is left over.
  std::string count;
  /// Pairs what is left over by values, and notes what has no partner.
  std::string pair_by_values;
  /// The answer: variant (NULL: rows as a whole), whether in the one state, its folded group and
  /// label there, whether in the other, its group and label there, rows. In a fixed order.
  std::string summarise;
};

[[nodiscard]] LabelComparison compare_labels_sql(const LabelledScan& before,
                                                 const LabelledScan& after);

/// Notes rows as having the same place and labels in both states. REQUIRES: labelled alike.
[[nodiscard]] std::string note_unchanged_sql(const LabelledScan& both);

}  // namespace voucher::sql
