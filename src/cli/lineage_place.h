// What a warehouse is called by the naming conventions of OpenLineage.
#pragma once

#include <string>
#include <string_view>

#include "cli/lineage_target.h"

namespace voucher {

struct LineagePlace {
  std::string space;   ///< the `namespace` of its datasets
  std::string prefix;  ///< what stands before `schema.table`; may be empty
};

/// duckdb:///srv/voucher.
[[nodiscard]] LineagePlace embedded_place(const std::string& root);

/// postgres://host:port and "database.", from an address as libpq reads it; what it leaves out is
/// taken from PGHOST, PGPORT, PGDATABASE, PGUSER, else libpq's defaults. No user, no password.
[[nodiscard]] LineagePlace server_place(std::string_view address, const Environment& environment);

}  // namespace voucher
