// The warehouse in PostgreSQL: parts are partitions, versions are rows, and the public names are
// stable views. ARCHITECTURE.md has the layout, docs/warehouse.md what a reader sees.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>

#include "base/clock.h"
#include "warehouse/postgresql/server_address.h"
#include "warehouse/warehouse.h"

namespace voucher {

struct PostgresqlOptions {
  /// A request ends every wait for the server.
  std::stop_token stop{};
  /// Of the engine in process that reads the files which go into the server; 0: one per core.
  unsigned threads = 0;
  std::optional<std::int64_t> memory_limit_bytes{};  ///< absent: 80 % of the machine's memory
};

/// Nothing is connected before it is needed, so the server may be absent. `clock` must outlive the
/// warehouse. One thread at a time.
[[nodiscard]] std::unique_ptr<Warehouse> make_postgresql_warehouse(
    postgresql::ServerAddress address, const Clock& clock, PostgresqlOptions options = {});

}  // namespace voucher
