// The public views of a dataset. They are stable: which parts and which choices they show follows
// from the row of voucher_store.live, so a publication changes data only and no reader can hold it
// up.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/dataset.h"
#include "warehouse/postgresql/schema_sql.h"

namespace voucher::postgresql {

/// Ranges of part numbers that the live row has room for, beside the first part and the list of
/// those to skip. Ranges let the executor leave out partitions that are not live.
inline constexpr std::size_t kLiveRanges = 4;

/// One public view: its name within the definition's schema, and the query behind it.
struct PublicView {
  std::string name;
  std::string select;
};

/// Where a dataset's rows lie.
struct RowTables {
  DatasetKey dataset = 0;
  TableKey processed = 0;
  TableKey rejected = 0;
};

/// Of the table, its rejected rows, and each variant, in that order.
[[nodiscard]] std::vector<PublicView> public_views(const Dataset& dataset, const RowTables& tables);

/// What the views depend on, as text: equal for two definitions exactly where their views are.
[[nodiscard]] std::string shown_text(const Dataset& dataset);
/// Schema and name of each view that a shown_text() stands for.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> shown_views(
    std::string_view shown_text);

/// `"schema"."name"`.
[[nodiscard]] std::string public_name(const Dataset& dataset, const std::string& name);

/// Names of all public views of a dataset.
[[nodiscard]] std::vector<std::string> public_view_names(const Dataset& dataset);

}  // namespace voucher::postgresql
