// The switch to another version: one short transaction of data changes, a row of history, and a
// notice to whoever listens.
#pragma once

#include <chrono>

#include "base/clock.h"
#include "warehouse/postgresql/schema_sql.h"
#include "warehouse/postgresql/server_session.h"

namespace voucher::postgresql {

/// Warehouse::publish() without the removal of old versions; false where the version was live
/// already. `loaded_at` is when this session stored a version last.
[[nodiscard]] Result<bool> publish_version(ServerSession& session, const DatasetId& id,
                                           const Publication& publication, const Clock& clock);

/// Waits until no statement is left that was planned before the parts of a load were attached, at
/// most half a second after it: such a statement, begun now, would not look into them.
void let_planned_statements_begin(Connection& connection, TableKey processed_table,
                                  std::chrono::steady_clock::time_point loaded_at);

}  // namespace voucher::postgresql
