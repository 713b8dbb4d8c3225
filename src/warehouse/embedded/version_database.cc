#include "warehouse/embedded/version_database.h"

#include <algorithm>

#include "base/check.h"
#include "base/files.h"
#include "engine/duckdb/connection.h"
#include "sql/quote.h"
#include "warehouse/embedded/view_sql.h"

namespace voucher::embedded {
namespace {

namespace fs = std::filesystem;

/// Calls `visit(group_key, position, label or nullptr, counts)` for each cell of a variant.
template <class Visit>
void for_each_cell(const Snapshot& snapshot, VariantIndex variant, const Visit& visit) {
  const auto& segments = snapshot.definition.variants[variant].segments;
  for (const auto& [folded, group] : snapshot.history.groups()) {
    for (SegmentIndex i = 0; i <= segments.size(); ++i)
      visit(folded, i, i < segments.size() ? &segments[i].label : nullptr, group.cells[variant][i]);
  }
}

Result<> fill_amounts(duckdb::Connection& connection, const Snapshot& snapshot,
                      const WarehouseNames& names) {
  auto table = TRY(duckdb::Appender::open(connection, cells_schema(names), kAmountsTable));
  const auto add_row = [&](const std::string& variant, const std::string& folded, SegmentIndex i,
                           const std::string* label, std::optional<std::int64_t> amount,
                           std::int64_t rows) {
    table.add(std::string_view(variant)).add(std::string_view(folded));
    table.add(static_cast<std::int64_t>(i));
    label != nullptr ? table.add(std::string_view(*label)) : table.add_null();
    amount ? table.add(*amount) : table.add_null();
    table.add(rows);
    table.end_row();
  };
  for (VariantIndex v = 0; v < snapshot.definition.variants.size(); ++v) {
    const std::string& variant = snapshot.definition.variants[v].name;
    for_each_cell(snapshot, v,
                  [&](const std::string& folded, SegmentIndex i, const std::string* label,
                      const AmountCounts& counts) {
                    for (const auto& [amount, rows] : counts.by_amount)
                      add_row(variant, folded, i, label, amount, rows);
                    if (counts.null_rows > 0)
                      add_row(variant, folded, i, label, std::nullopt, counts.null_rows);
                  });
  }
  return table.close();
}

Result<> fill_spellings(duckdb::Connection& connection, const Snapshot& snapshot,
                        const WarehouseNames& names) {
  auto table = TRY(duckdb::Appender::open(connection, cells_schema(names), kSpellingsTable));
  for (const auto& [folded, group] : snapshot.history.groups()) {
    for (const auto& [spelling, rows] : group.spellings) {
      table.add(std::string_view(folded)).add(std::string_view(spelling)).add(rows);
      table.end_row();
    }
  }
  return table.close();
}

std::string create_views_sql(const Layout& layout, const Dataset& dataset,
                             const std::vector<Part>& parts) {
  std::string text = create_table_view_sql(dataset, processed_files(layout, parts));
  if (const auto files = rejected_files(layout, parts); !files.empty())
    text += create_rejected_view_sql(dataset.warehouse, files);
  for (VariantIndex v = 0; v < dataset.variants.size(); ++v)
    text += create_variant_view_sql(dataset, v);
  return text;
}

Result<> fill_database(const fs::path& path, const Layout& layout, const Snapshot& snapshot,
                       const VersionManifest& manifest) {
  const auto database = TRY(duckdb::Database::open({.file = path, .threads = 1}));
  auto connection = TRY(database.connect());
  const Dataset dataset = dataset_of(snapshot, manifest);
  TRY(connection.execute("BEGIN;\n" + create_tables_sql(dataset.warehouse)));
  TRY(fill_amounts(connection, snapshot, dataset.warehouse));
  TRY(fill_spellings(connection, snapshot, dataset.warehouse));
  TRY(connection.execute(create_views_sql(layout, dataset, manifest.parts)));
  TRY(connection.execute("COMMIT; CHECKPOINT"));
  return {};
}

/// A write that fails in a commit or checkpoint comes as a fatal error of the database's own.
bool tells_of_failed_write(std::string_view message) {
  return message.find("Could not write file") != std::string_view::npos ||
         message.find("Cannot open file") != std::string_view::npos;
}

std::string view_rows_sql(const Dataset& dataset, VariantIndex index) {
  const Variant& variant = dataset.variants[index];
  const auto column = [&](ColumnIndex i) {
    return sql::quote_identifier(dataset.source.columns[i].name);
  };
  return fmt::format(
      "SELECT {}, {}, total, {}, support, runner_up_amount, runner_up_support, tie FROM {}.{}",
      column(dataset.decision.group_by), sql::quote_identifier(variant.name),
      column(dataset.decision.amount), sql::quote_identifier(dataset.warehouse.schema),
      sql::quote_identifier(dataset.warehouse.views.at(variant.name)));
}

ViewRow view_row(const duckdb::RowView& row) {
  ViewRow result;
  result.group = row.text(0);
  result.segment = row.text(1);
  result.total = row.integer(2);
  if (row.is_null(3)) return result;
  Choice choice;
  choice.total = result.total;
  choice.amount = row.integer(3);
  choice.support = row.integer(4);
  if (!row.is_null(5)) choice.runner_up = RunnerUp{row.integer(5), row.integer(6)};
  choice.tie = row.boolean(7);
  result.choice = choice;
  return result;
}

}  // namespace

Dataset dataset_of(const Snapshot& snapshot, const VersionManifest& manifest) {
  Dataset dataset = snapshot.definition;
  dataset.domain = manifest.domain;
  dataset.dataset = manifest.dataset;
  dataset.warehouse = manifest.names;
  return dataset;
}

std::vector<fs::path> processed_files(const Layout& layout, const std::vector<Part>& parts) {
  std::vector<fs::path> files;
  for (const Part& part : parts)
    if (!part.name.empty()) files.push_back(layout.part(part.name));
  return files;
}

std::vector<fs::path> rejected_files(const Layout& layout, const std::vector<Part>& parts) {
  std::vector<fs::path> files;
  for (const Part& part : parts)
    if (!part.rejected.empty()) files.push_back(layout.rejected(part.rejected));
  return files;
}

Result<> write_version_database(const fs::path& path, const Layout& layout,
                                const Snapshot& snapshot, const VersionManifest& manifest) {
  if (auto filled = fill_database(path, layout, snapshot, manifest); !filled) {
    Error error = with_context(std::move(filled).error(), "cannot write database " + path.string());
    if (tells_of_failed_write(error.message)) error.kind = ErrorKind::kUnavailable;
    return std::unexpected(std::move(error));
  }
  return sync_path(path);
}

Result<std::vector<ViewRow>> read_view_rows(const fs::path& path, const Dataset& dataset,
                                            VariantIndex variant) {
  CHECK(variant < dataset.variants.size());
  const auto database =
      TRY(duckdb::Database::open({.file = path, .read_only = true, .threads = 1}));
  auto connection = TRY(database.connect());
  auto result = TRY(connection.query(view_rows_sql(dataset, variant)));
  std::vector<ViewRow> rows;
  TRY(result.for_each_row([&](const duckdb::RowView& row) -> Result<> {
    rows.push_back(view_row(row));
    return {};
  }));
  const auto& segments = dataset.variants[variant].segments;
  std::ranges::sort(rows, {}, [&](const ViewRow& row) {
    return std::pair(fold_ascii(row.group),
                     std::ranges::find(segments, row.segment, &Segment::label));
  });
  return rows;
}

}  // namespace voucher::embedded
