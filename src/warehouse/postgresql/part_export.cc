#include "warehouse/postgresql/part_export.h"

#include <fmt/format.h>

#include "base/check.h"
#include "base/files.h"
#include "sql/quote.h"
#include "warehouse/postgresql/catalog.h"

namespace voucher::postgresql {
namespace {

namespace fs = std::filesystem;

std::string within_ranges(const Dataset& dataset, std::span<const TimeRange> ranges) {
  std::string condition = "true";
  for (const TimeRange& range : ranges) {
    const auto column = dataset.find_column(range.column);
    if (!column) continue;
    condition +=
        fmt::format(" AND r.{} BETWEEN {} AND {}", column_name(*column),
                    sql::timestamp_literal(range.least), sql::timestamp_literal(range.greatest));
  }
  return condition;
}

}  // namespace

Result<std::vector<PartFiles>> export_parts(Connection& connection, duckdb::Connection& workspace,
                                            const PartSource& source,
                                            const PartSelection& selection, const fs::path& scratch,
                                            const JobControl& control) {
  TRY(create_folder(scratch));
  std::vector<PartFiles> files;
  for (const std::size_t position : selection.positions) {
    CHECK(position < source.parts.size());
    const Part& part = source.parts[position];
    PartFiles exported;
    if (const auto key = part_of_name(part.name)) {
      exported.processed = scratch / fmt::format("{}.parquet", part.name);
      TRY(copy_rows_out(connection, workspace, source.dataset,
                        {RowKind::kProcessed, source.tables.processed, *key},
                        within_ranges(source.dataset, selection.within), exported.processed,
                        control));
    }
    const auto rejected = part_of_name(part.rejected);
    if (rejected && selection.rejected) {
      exported.rejected = scratch / fmt::format("{}.parquet", part.rejected);
      TRY(copy_rows_out(connection, workspace, source.dataset,
                        {RowKind::kRejected, source.tables.rejected, *rejected}, "true",
                        exported.rejected, control));
    }
    files.push_back(std::move(exported));
  }
  return files;
}

}  // namespace voucher::postgresql
