// The default engine: DuckDB inside this process. Parallel, spills to disk under its memory limit.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "engine/engine.h"

namespace voucher {

struct DuckdbOptions {
  unsigned threads = 0;                            ///< 0: one per core
  std::optional<std::int64_t> memory_limit_bytes;  ///< absent: 80 % of the machine's memory
  std::filesystem::path spill_directory;           ///< empty: a folder beside the output
};

[[nodiscard]] std::unique_ptr<Engine> make_duckdb_engine(DuckdbOptions options);

/// The version of the library, e.g. "v1.5.6".
[[nodiscard]] std::string duckdb_library();

}  // namespace voucher
