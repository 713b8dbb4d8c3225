// The counts of a version as rows, and the choices that the server computes from them by itself:
// verify holds these against the deciding code.
#pragma once

#include <vector>

#include "decision/snapshot.h"
#include "warehouse/postgresql/connection.h"
#include "warehouse/postgresql/schema_sql.h"
#include "warehouse/warehouse.h"

namespace voucher::postgresql {

/// Writes the amounts and spellings of a new version, and lets the server choose.
[[nodiscard]] Result<> write_counts(Connection& connection, DatasetKey dataset,
                                    VersionNumber number, const Snapshot& snapshot);

/// The choices of a variant as its view shows them, by folded group bytes, then the definition's
/// order.
[[nodiscard]] Result<std::vector<ViewRow>> read_choices(Connection& connection, const DatasetId& id,
                                                        VersionNumber number,
                                                        const std::string& variant);

}  // namespace voucher::postgresql
