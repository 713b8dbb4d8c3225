// The SQL texts of warehouse.duckdb: the table as a view over the parts, the rejected rows, and one
// view a variant. A variant's view computes its choices from the counts by itself, without the
// deciding code: verify holds the one against the other.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "model/dataset.h"

namespace voucher::embedded {

/// Tables of the counts live in a schema of their own: no name of a definition can meet theirs.
[[nodiscard]] std::string cells_schema(const WarehouseNames& names);
inline constexpr const char* kAmountsTable = "amounts";
inline constexpr const char* kSpellingsTable = "spellings";

/// The schemas and the two empty tables of counts: rows per (variant, folded group, segment,
/// amount), NULL where unsegmented or without an amount; rows per (folded group, spelling).
[[nodiscard]] std::string create_tables_sql(const WarehouseNames& names);

/// The table: declared columns, then one text column per variant; valid also without files.
[[nodiscard]] std::string create_table_view_sql(const Dataset& dataset,
                                                const std::vector<std::filesystem::path>& files);

/// `<table>_rejected`: original values, source_file, source_row, reason, reasons. REQUIRES: at
/// least one file.
[[nodiscard]] std::string create_rejected_view_sql(const WarehouseNames& names,
                                                   const std::vector<std::filesystem::path>& files);
[[nodiscard]] std::string rejected_view_name(const WarehouseNames& names);

/// A variant's view: group, variant and amount column, support, total, share, runner_up_amount,
/// runner_up_support, tie; one row per group and labelled segment that has rows with an amount.
/// Where fewer than min_support rows have the best amount there is no choice: then all but group,
/// segment and total are NULL.
[[nodiscard]] std::string create_variant_view_sql(const Dataset& dataset, VariantIndex variant);

}  // namespace voucher::embedded
