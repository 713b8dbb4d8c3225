// Streams what verify needs: the distinct inputs of every variant among rows of some parts, grouped
// in the server.
#pragma once

#include <functional>
#include <vector>

#include "base/progress.h"
#include "warehouse/postgresql/connection.h"
#include "warehouse/postgresql/schema_sql.h"
#include "warehouse/warehouse.h"

namespace voucher::postgresql {

/// Warehouse::verify_inputs() over these parts of a row table.
[[nodiscard]] Result<> stream_inputs(Connection& connection, const Dataset& dataset, TableKey table,
                                     const std::vector<PartKey>& parts,
                                     const std::function<Result<>(const VerifyInput&)>& consume,
                                     const JobControl& control);

}  // namespace voucher::postgresql
