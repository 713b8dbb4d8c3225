// The warehouse's own schema and tables, made by the first writer where they are missing and it
// may.
#pragma once

#include "warehouse/postgresql/connection.h"
#include "warehouse/warehouse.h"

namespace voucher::postgresql {

/// Makes what is missing. kRefused with what to grant where this user may not.
[[nodiscard]] Result<> ensure_store(Connection& connection);

/// The dataset's row, made where it is missing. REQUIRES: the store.
[[nodiscard]] Result<> ensure_dataset(Connection& connection, const DatasetId& id);

}  // namespace voucher::postgresql
