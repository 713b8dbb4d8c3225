// The rows behind a cell, and the rejected rows of a group, filtered and ordered in the server.
#pragma once

#include <vector>

#include "base/progress.h"
#include "model/dataset.h"
#include "warehouse/cell_rows.h"
#include "warehouse/postgresql/connection.h"
#include "warehouse/postgresql/schema_sql.h"

namespace voucher::postgresql {

/// Warehouse::cell_rows() over these parts of a row table.
[[nodiscard]] Result<> stream_cell_rows(Connection& connection, const Dataset& dataset,
                                        TableKey table, const std::vector<PartKey>& parts,
                                        const CellRowsRequest& request,
                                        const ConsumeStoredRow& consume, const JobControl& control);

/// Warehouse::rejected_rows() over these parts of a row table.
[[nodiscard]] Result<> stream_rejected_rows(Connection& connection, const Dataset& dataset,
                                            TableKey table, const std::vector<PartKey>& parts,
                                            const std::string& group,
                                            const ConsumeRejectedRow& consume,
                                            const JobControl& control);

}  // namespace voucher::postgresql
