#include "warehouse/postgresql/counts_store.h"

#include <fmt/format.h>

#include "warehouse/postgresql/copy_writer.h"

namespace voucher::postgresql {
namespace {

/// One row of voucher_store.amount after another.
class AmountRows {
 public:
  AmountRows(CopyWriter& writer, DatasetKey dataset, VersionNumber number)
      : writer_(writer), dataset_(static_cast<std::int32_t>(dataset)), number_(number) {}

  Result<> add_cell(const std::string& variant, const std::string& folded, SegmentIndex position,
                    const std::string* label, const AmountCounts& counts) {
    for (const auto& [amount, rows] : counts.by_amount)
      TRY(add(variant, folded, position, label, amount, rows));
    if (counts.null_rows > 0)
      TRY(add(variant, folded, position, label, std::nullopt, counts.null_rows));
    return {};
  }

 private:
  Result<> add(const std::string& variant, const std::string& folded, SegmentIndex position,
               const std::string* label, std::optional<std::int64_t> amount, std::int64_t rows) {
    writer_.begin_row(8);
    writer_.add(dataset_);
    writer_.add(number_);
    writer_.add(std::string_view(variant));
    writer_.add(std::string_view(folded));
    writer_.add(static_cast<std::int32_t>(position));
    label != nullptr ? writer_.add(std::string_view(*label)) : writer_.add_null();
    amount ? writer_.add(*amount) : writer_.add_null();
    writer_.add(rows);
    return writer_.end_row();
  }

  CopyWriter& writer_;
  const std::int32_t dataset_;
  const VersionNumber number_;
};

Result<> write_amounts(Connection& connection, DatasetKey dataset, VersionNumber number,
                       const Snapshot& snapshot) {
  auto writer = TRY(CopyWriter::begin(
      connection, fmt::format("COPY {}.amount FROM STDIN (FORMAT binary)", kStoreSchema), {}));
  AmountRows rows(writer, dataset, number);
  for (const auto& [folded, group] : snapshot.history.groups()) {
    for (VariantIndex v = 0; v < snapshot.definition.variants.size(); ++v) {
      const Variant& variant = snapshot.definition.variants[v];
      for (SegmentIndex i = 0; i <= variant.segments.size(); ++i) {
        const std::string* label =
            i < variant.segments.size() ? &variant.segments[i].label : nullptr;
        TRY(rows.add_cell(variant.name, folded, i, label, group.cells[v][i]));
      }
    }
  }
  TRY(writer.finish());
  return {};
}

Result<> write_spellings(Connection& connection, DatasetKey dataset, VersionNumber number,
                         const Snapshot& snapshot) {
  auto writer = TRY(CopyWriter::begin(
      connection, fmt::format("COPY {}.spelling FROM STDIN (FORMAT binary)", kStoreSchema), {}));
  for (const auto& [folded, group] : snapshot.history.groups()) {
    for (const auto& [spelling, rows] : group.spellings) {
      writer.begin_row(5);
      writer.add(static_cast<std::int32_t>(dataset));
      writer.add(number);
      writer.add(std::string_view(folded));
      writer.add(std::string_view(spelling));
      writer.add(rows);
      TRY(writer.end_row());
    }
  }
  TRY(writer.finish());
  return {};
}

constexpr std::string_view kChoose = R"sql(
INSERT INTO {store}.choice
WITH shown AS (
  SELECT DISTINCT ON (group_key) group_key, spelling FROM {store}.spelling
  WHERE dataset_id = $1 AND number = $2 ORDER BY group_key, row_count DESC, spelling
), ranked AS (
  SELECT variant, group_key, position, segment, amount, row_count,
    sum(row_count) OVER (PARTITION BY variant, group_key, position)::bigint AS cell_rows,
    row_number() OVER best AS place,
    lead(amount) OVER best AS next_amount,
    lead(row_count) OVER best AS next_rows
  FROM {store}.amount
  WHERE dataset_id = $1 AND number = $2 AND segment IS NOT NULL AND amount IS NOT NULL
  WINDOW best AS (PARTITION BY variant, group_key, position ORDER BY row_count DESC, amount)
), chosen AS (
  SELECT *, row_count >= $3 AS supported FROM ranked WHERE place = 1
)
SELECT $1, $2, variant, group_key, position, spelling, segment,
  CASE WHEN supported THEN amount END, CASE WHEN supported THEN row_count END, cell_rows,
  CASE WHEN supported THEN row_count::double precision / cell_rows END,
  CASE WHEN supported THEN next_amount END, CASE WHEN supported THEN next_rows END,
  CASE WHEN supported THEN coalesce(next_rows = row_count, false) END
FROM chosen JOIN shown USING (group_key)
)sql";

ViewRow view_row(const Rows& rows, std::size_t i) {
  ViewRow row;
  row.group = rows.text(i, 0);
  row.segment = rows.text(i, 1);
  row.total = rows.integer(i, 2);
  if (rows.is_null(i, 3)) return row;
  Choice choice;
  choice.total = row.total;
  choice.amount = rows.integer(i, 3);
  choice.support = rows.integer(i, 4);
  if (!rows.is_null(i, 5)) choice.runner_up = RunnerUp{rows.integer(i, 5), rows.integer(i, 6)};
  choice.tie = rows.boolean(i, 7);
  row.choice = choice;
  return row;
}

}  // namespace

Result<> write_counts(Connection& connection, DatasetKey dataset, VersionNumber number,
                      const Snapshot& snapshot) {
  TRY(write_amounts(connection, dataset, number, snapshot));
  TRY(write_spellings(connection, dataset, number, snapshot));
  TRY(connection.query(fmt::format(fmt::runtime(kChoose), fmt::arg("store", kStoreSchema)),
                       {std::to_string(dataset), std::to_string(number),
                        std::to_string(snapshot.definition.decision.choose.min_support)}));
  return {};
}

Result<std::vector<ViewRow>> read_choices(Connection& connection, const DatasetId& id,
                                          VersionNumber number, const std::string& variant) {
  const Rows rows = TRY(connection.query(
      fmt::format("SELECT c.spelling, c.segment, c.total, c.amount, c.support, c.runner_up_amount, "
                  "c.runner_up_support, c.tie FROM {0}.choice c JOIN {0}.dataset d USING "
                  "(dataset_id) WHERE d.domain = $1 AND d.dataset = $2 AND c.number = $3::bigint "
                  "AND c.variant = $4 ORDER BY c.group_key, c.position",
                  kStoreSchema),
      {id.domain, id.dataset, std::to_string(number), variant}));
  std::vector<ViewRow> view;
  for (std::size_t i = 0; i < rows.size(); ++i) view.push_back(view_row(rows, i));
  return view;
}

}  // namespace voucher::postgresql
