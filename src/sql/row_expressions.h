// A row's judgement as SQL: why it is rejected, and which segment it falls into. Built from the
// definition alone; decision/judge.h and decision/classify.h say the same in C++.
#pragma once

#include <string>
#include <vector>

#include "model/dataset.h"
#include "sql/dialect.h"
#include "sql/source_shape.h"

namespace voucher::sql {

/// Refers to each declared column's value by the column's name, and to what was read by
/// raw_name().
class RowExpressions {
 public:
  /// Both must outlive it.
  RowExpressions(const Dataset& dataset, const Dialect& dialect);

  /// What a query calls a raw column once its value has taken the name.
  [[nodiscard]] std::string raw_name(ColumnIndex column) const;
  /// The declared columns' values, quoted, in order.
  [[nodiscard]] std::vector<std::string> values() const;

  /// A condition for each of rejection_reasons(), in order: true where that reason applies.
  [[nodiscard]] std::vector<std::string> reason_conditions(
      const std::vector<RawColumn>& columns) const;
  /// The number (from 1) of the first reason that applies; 0 for a valid row.
  [[nodiscard]] std::string primary_reason_number(const std::vector<RawColumn>& columns) const;
  /// The ids of all reasons that apply, as a list in order of precedence.
  [[nodiscard]] std::string reasons(const std::vector<RawColumn>& columns) const;
  /// The id that belongs to a primary reason's number.
  [[nodiscard]] std::string reason_of_number(std::string_view number) const;

  /// What a query calls segment_number().
  [[nodiscard]] std::string number_name(const Variant& variant) const;
  /// The number (from 0) of the segment that the row falls into; the number of segments where it is
  /// unsegmented.
  [[nodiscard]] std::string segment_number(const Variant& variant) const;
  /// The label that belongs to a segment's number; NULL for the unsegmented.
  [[nodiscard]] std::string label_of_number(const Variant& variant, std::string_view number) const;

 private:
  [[nodiscard]] std::string column(ColumnIndex index) const;
  [[nodiscard]] std::string missing(ColumnIndex index, RawType type) const;
  [[nodiscard]] std::string holds(const Rule& rule) const;

  const Dataset& dataset_;
  const Dialect& dialect_;
  std::vector<Reason> reasons_;
};

}  // namespace voucher::sql
