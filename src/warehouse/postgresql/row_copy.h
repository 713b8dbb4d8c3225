// Rows of Parquet files into part tables and back. Both ways one chunk or row at a time: memory
// does not grow with the number of rows.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/progress.h"
#include "engine/duckdb/connection.h"
#include "model/dataset.h"
#include "warehouse/postgresql/connection.h"
#include "warehouse/postgresql/schema_sql.h"

namespace voucher::postgresql {

/// Path -> voucher_store.source_file.file_id.
using FileKeys = std::map<std::string, std::int64_t, std::less<>>;

/// The keys of all source files that a Parquet file's rows name; new ones are added to `keys` and
/// to the server.
[[nodiscard]] Result<> add_file_keys(Connection& connection, duckdb::Connection& workspace,
                                     DatasetKey dataset, const std::filesystem::path& file,
                                     FileKeys& keys);

/// Where rows go.
struct PartTarget {
  RowKind kind = RowKind::kProcessed;
  TableKey table = 0;
  PartKey part = 0;
};

/// Fills a part's table, made in this transaction, by COPY FREEZE; gives its rows. REQUIRES: `keys`
/// has all files that the rows name.
[[nodiscard]] Result<std::int64_t> copy_rows_in(Connection& connection,
                                                duckdb::Connection& workspace,
                                                const Dataset& dataset,
                                                const std::filesystem::path& file,
                                                const PartTarget& target, const FileKeys& keys,
                                                const JobControl& control);

/// Writes the part's rows that meet `condition` (of columns by position; "true": all) to a new
/// Parquet file with the columns of an engine's output.
[[nodiscard]] Result<> copy_rows_out(Connection& connection, duckdb::Connection& workspace,
                                     const Dataset& dataset, const PartTarget& source,
                                     const std::string& condition,
                                     const std::filesystem::path& file, const JobControl& control);

}  // namespace voucher::postgresql
