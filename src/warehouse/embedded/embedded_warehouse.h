// The warehouse as folders of files: parts in Parquet, one small folder a version, and the file
// CURRENT that names the live one. ARCHITECTURE.md has the layout; any DuckDB shell reads
// versions/<N>/warehouse.duckdb.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "base/clock.h"
#include "warehouse/warehouse.h"

namespace voucher {

struct EmbeddedOptions {
  unsigned threads = 0;                            ///< 0: one per core
  std::optional<std::int64_t> memory_limit_bytes;  ///< absent: 80 % of the machine's memory
  /// Called before each durable step of load and publish, with its name: crash tests stop there.
  std::function<void(std::string_view)> at_step;
};

/// `clock` must outlive the warehouse. The folder need not exist: the first writer makes it. Reads
/// may come from any thread.
[[nodiscard]] std::unique_ptr<Warehouse> make_embedded_warehouse(const std::filesystem::path& root,
                                                                 const Clock& clock,
                                                                 EmbeddedOptions options = {});

/// Makes warehouse.duckdb of every version anew, with the paths that its parts have now: for a
/// warehouse that was moved. Each is replaced in one step. kRefused where there is none.
/// REQUIRES the lock.
[[nodiscard]] Result<> relink_embedded_warehouse(const std::filesystem::path& root,
                                                 const DatasetId& id);

}  // namespace voucher
