// Where the columns of each output come from, by the definition alone.
#pragma once

#include <vector>

#include "lineage/event.h"
#include "model/dataset.h"

namespace voucher {

/// The raw columns.
[[nodiscard]] std::vector<LineageField> raw_schema(const Dataset& dataset);

/// The processed rows, from the raw ones: the declared columns, and each variant from the columns
/// that its value reads. What the rules read decides which rows there are.
[[nodiscard]] LineageColumns processed_from_raw(const Dataset& dataset);

/// The rejected rows, from the raw ones.
[[nodiscard]] LineageColumns rejected_from_raw(const Dataset& dataset);

/// The table, from processed rows: column by column.
[[nodiscard]] LineageColumns table_from_processed(const Dataset& dataset);

/// A variant's view, from the raw rows or (`from_processed`) from processed ones: the group, the
/// variant, and counts of the amount.
[[nodiscard]] LineageColumns view_columns(const Dataset& dataset, const Variant& variant,
                                          bool from_processed);

}  // namespace voucher
