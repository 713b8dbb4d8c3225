// Makes a version: the live version's parts and one of the transformed rows. Files get their final
// names first, the version's folder last, so a load that ends early leaves nothing that anyone
// reads.
#pragma once

#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/progress.h"
#include "engine/duckdb/connection.h"
#include "warehouse/embedded/embedded_warehouse.h"
#include "warehouse/embedded/layout.h"

namespace voucher::embedded {

/// kRefused where a part already holds a file's content, or where a file of the same path had
/// another content.
[[nodiscard]] Result<> refuse_known_files(const std::vector<Part>& parts,
                                          const std::vector<SourceFile>& files);

/// Warehouse::load(). REQUIRES the lock.
[[nodiscard]] Result<VersionManifest> load_version(const Layout& layout, const LoadRequest& request,
                                                   const Clock& clock,
                                                   const EmbeddedOptions& options,
                                                   const JobControl& control);

/// DuckDB in memory for the warehouse's own work; it spills into the staging folder.
[[nodiscard]] Result<duckdb::Connection> open_workspace(const Layout& layout,
                                                        const EmbeddedOptions& options);

}  // namespace voucher::embedded
