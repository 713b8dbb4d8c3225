#include "warehouse/postgresql/cell_listing.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/check.h"
#include "sql/quote.h"
#include "warehouse/postgresql/copy_reader.h"

namespace voucher::postgresql {
namespace {

using sql::quote_literal;

/// As fold_ascii(): lower() would fold letters beyond ASCII too.
std::string is_of_group(const Dataset& dataset, const std::string& folded) {
  return fmt::format(
      "translate(r.{}, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz') = {}",
      column_name(dataset.decision.group_by), quote_literal(folded));
}

std::string is_of_cell(const Dataset& dataset, const CellName& cell) {
  std::string condition = is_of_group(dataset, cell.group);
  if (!cell.variant) return condition;
  CHECK(*cell.variant < dataset.variants.size());
  const std::string label = "r." + variant_column_name(*cell.variant);
  return condition + (cell.segment
                          ? fmt::format(" AND {} = {}", label, quote_literal(*cell.segment))
                          : fmt::format(" AND {} IS NULL", label));
}

std::string select_from(const Dataset& dataset, RowKind kind, TableKey table,
                        const std::vector<PartKey>& parts, std::string_view first_columns) {
  std::vector<std::string> columns;
  for (ColumnIndex i = 0; i < dataset.source.columns.size(); ++i)
    columns.push_back("r." + column_name(i));
  return fmt::format(
      "SELECT {}, {} FROM {} r LEFT JOIN {}.source_file f ON f.file_id = r.source_file WHERE "
      "r.part "
      "= ANY ('{{{}}}')",
      first_columns, fmt::join(columns, ", "), row_table(kind, table), kStoreSchema,
      fmt::join(parts, ","));
}

Field field_of(ColumnType type, const CopyRow& row, std::size_t column) {
  if (row.is_null(column)) return Field::missing();
  switch (type) {
    case ColumnType::kString: return Field::of(row.text(column));
    case ColumnType::kInteger: return Field::of(row.integer(column));
    case ColumnType::kTimestamp: return Field::of(row.timestamp(column));
  }
  return Field::missing();
}

std::optional<std::int64_t> integer_or_null(const CopyRow& row, std::size_t column) {
  return row.is_null(column) ? std::nullopt : std::optional(row.integer(column));
}

}  // namespace

Result<> stream_cell_rows(Connection& connection, const Dataset& dataset, TableKey table,
                          const std::vector<PartKey>& parts, const CellRowsRequest& request,
                          const ConsumeStoredRow& consume, const JobControl& control) {
  if (parts.empty()) return {};
  const std::string amount = "r." + column_name(dataset.decision.amount);
  const std::string first = request.first_amount ? fmt::format("{} IS NOT DISTINCT FROM {} DESC, ",
                                                               amount, *request.first_amount)
                                                 : "";
  const std::vector<Column>& columns = dataset.source.columns;
  StoredRow stored;
  stored.values.resize(columns.size());
  return copy_out(
      connection,
      fmt::format("{} AND {} ORDER BY {}{} NULLS LAST, f.path COLLATE \"C\", r.source_row NULLS "
                  "LAST LIMIT {}",
                  select_from(dataset, RowKind::kProcessed, table, parts, "f.path, r.source_row"),
                  is_of_cell(dataset, request.cell), first, amount, request.limit),
      [&](const CopyRow& row) -> Result<> {
        stored.source_file = row.text_or_null(0).value_or("");
        stored.source_row = integer_or_null(row, 1);
        for (ColumnIndex i = 0; i < columns.size(); ++i)
          stored.values[i] = field_of(columns[i].type, row, 2 + i);
        return consume(stored);
      },
      control.stop);
}

Result<> stream_rejected_rows(Connection& connection, const Dataset& dataset, TableKey table,
                              const std::vector<PartKey>& parts, const std::string& group,
                              const ConsumeRejectedRow& consume, const JobControl& control) {
  if (parts.empty()) return {};
  RejectedRow rejected;
  rejected.originals.resize(dataset.source.columns.size());
  return copy_out(
      connection,
      fmt::format(
          "{} AND {} ORDER BY f.path COLLATE \"C\", r.source_row NULLS LAST",
          select_from(dataset, RowKind::kRejected, table, parts, "f.path, r.source_row, r.reasons"),
          is_of_group(dataset, group)),
      [&](const CopyRow& row) -> Result<> {
        rejected.source_file = row.text_or_null(0).value_or("");
        rejected.source_row = integer_or_null(row, 1);
        rejected.reasons = row.texts(2);
        for (ColumnIndex i = 0; i < rejected.originals.size(); ++i)
          rejected.originals[i] = row.text_or_null(3 + i);
        return consume(rejected);
      },
      control.stop);
}

}  // namespace voucher::postgresql
