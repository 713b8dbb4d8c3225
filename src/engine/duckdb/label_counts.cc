#include "engine/duckdb/label_counts.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "sql/parquet_files.h"
#include "sql/quote.h"

namespace voucher::duckdb {
namespace {

using sql::parquet_files_sql;
using sql::quote_identifier;

std::optional<std::optional<SegmentIndex>> segment_of(const Variant& variant,
                                                      std::optional<std::string_view> label) {
  if (!label) return std::optional<SegmentIndex>{};
  const auto found = std::ranges::find(variant.segments, *label, &Segment::label);
  if (found == variant.segments.end()) return std::nullopt;
  return static_cast<SegmentIndex>(found - variant.segments.begin());
}

}  // namespace

Result<HistoryCounts> count_labels(Connection& connection, const Dataset& dataset,
                                   const std::vector<std::filesystem::path>& files) {
  HistoryCounts counts(dataset.variants);
  if (files.empty()) return counts;
  std::vector<std::string> columns{
      quote_identifier(dataset.source.columns[dataset.decision.group_by].name),
      quote_identifier(dataset.source.columns[dataset.decision.amount].name)};
  for (const Variant& variant : dataset.variants) columns.push_back(quote_identifier(variant.name));
  auto result =
      TRY(connection.query(fmt::format("SELECT {0}, count(*) FROM {1} GROUP BY {0}",
                                       fmt::join(columns, ", "), parquet_files_sql(files))));
  std::vector<std::optional<SegmentIndex>> segments(dataset.variants.size());
  TRY(result.for_each_row([&](const RowView& row) -> Result<> {
    for (VariantIndex v = 0; v < segments.size(); ++v) {
      const auto segment = segment_of(dataset.variants[v], row.text_or_null(2 + v));
      if (!segment)
        return fail(ErrorKind::kRefused,
                    "processed file has a label that this definition does not know: {}: {}",
                    files.front().string(), row.text(2 + v));
      segments[v] = *segment;
    }
    counts.add(row.text(0), segments, row.integer_or_null(1), row.integer(2 + segments.size()));
    return {};
  }));
  return counts;
}

}  // namespace voucher::duckdb
