// The columns that the rest of a definition may refer to, also while some of them are mistaken:
// what depends on a mistaken column is left unjudged instead of being reported again.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "definition/mistake.h"
#include "model/column.h"

namespace voucher {

class ColumnTable {
 public:
  /// `type` is nullopt where it is a mistake that is already reported.
  void add(Column column, std::optional<ColumnType> type);
  /// After this unknown names are not reported: the list of columns itself is a mistake.
  void mark_unreadable() { readable_ = false; }

  [[nodiscard]] const std::vector<Column>& columns() const { return columns_; }
  [[nodiscard]] const Column& at(ColumnIndex index) const { return columns_[index]; }
  [[nodiscard]] bool has_type(ColumnIndex index) const { return has_type_[index]; }
  /// Exact match.
  [[nodiscard]] std::optional<ColumnIndex> find(std::string_view name) const;
  /// A column whose name differs by ASCII case at most.
  [[nodiscard]] std::optional<ColumnIndex> find_any_case(std::string_view name) const;

  /// The column; an unknown one is reported with the nearest, and `hint` after it.
  [[nodiscard]] std::optional<ColumnIndex> resolve(std::string_view name, Position where,
                                                   Mistakes& mistakes,
                                                   std::string_view hint = "") const;
  /// The column if it has the type; otherwise that is reported. `use` says what needs it.
  [[nodiscard]] std::optional<ColumnIndex> resolve_typed(std::string_view name, ColumnType type,
                                                         std::string_view use, Position where,
                                                         Mistakes& mistakes) const;

 private:
  std::vector<Column> columns_;
  std::vector<bool> has_type_;
  bool readable_ = true;
};

}  // namespace voucher
