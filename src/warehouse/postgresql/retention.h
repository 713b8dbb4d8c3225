// What goes away after a publication: versions beyond those to keep, then the parts that no version
// names. A part is dropped only once no transaction is left that could still look into it, and
// without ever making a reader wait: what cannot be dropped now is dropped by a later writer.
#pragma once

#include "warehouse/postgresql/connection.h"
#include "warehouse/warehouse.h"

namespace voucher::postgresql {

/// Removes versions beyond the `keep` highest, but never the live one nor the one it replaced, and
/// marks the parts that no version names any more.
[[nodiscard]] Result<> remove_surplus_versions(Connection& connection, const DatasetId& id,
                                               int keep);

/// Drops marked parts of all datasets of which this session may drop them, as far as that needs no
/// waiting for readers.
[[nodiscard]] Result<> drop_retired_parts(Connection& connection, const DatasetId& id);

}  // namespace voucher::postgresql
