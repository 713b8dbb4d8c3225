// Parquet files of our own as a DuckDB query names them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace voucher::sql {

/// `read_parquet([...])` of exactly these files, whatever characters their paths hold. REQUIRES: at
/// least one file.
[[nodiscard]] std::string parquet_files_sql(const std::vector<std::filesystem::path>& files);

}  // namespace voucher::sql
