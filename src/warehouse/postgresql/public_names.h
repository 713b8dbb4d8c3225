// The public views in the database: made with the first version, and made anew only where a
// definition's names or columns changed. Everything else that changes is data.
#pragma once

#include "warehouse/postgresql/connection.h"
#include "warehouse/postgresql/view_sql.h"

namespace voucher::postgresql {

/// Makes the views of `dataset` stand in place of those that `shown_before` names (empty: none),
/// and notes it. Where a view's columns allow it, it is replaced in place, so that what depends on
/// it stays; otherwise it is dropped and made again with its grants. kRefused where a name is taken
/// by something that is not the warehouse's, or something depends on a view that must go: it is
/// named. REQUIRES: a transaction.
[[nodiscard]] Result<> show_views(Connection& connection, const Dataset& dataset,
                                  const RowTables& tables, const std::string& shown_before);

}  // namespace voucher::postgresql
