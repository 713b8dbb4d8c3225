// Stores the version that a load has drafted. Files get their final names first, the version's
// folder last, so a load that ends early leaves nothing that anyone reads.
#pragma once

#include <filesystem>
#include <span>
#include <vector>

#include "base/clock.h"
#include "base/progress.h"
#include "engine/duckdb/connection.h"
#include "warehouse/embedded/embedded_warehouse.h"
#include "warehouse/embedded/layout.h"

namespace voucher::embedded {

/// Warehouse::load(). REQUIRES the lock.
[[nodiscard]] Result<VersionManifest> load_version(const Layout& layout, const LoadRequest& request,
                                                   const Clock& clock,
                                                   const EmbeddedOptions& options,
                                                   const JobControl& control);

/// Warehouse::preview().
[[nodiscard]] Result<LoadPreview> preview_version(const Layout& layout, const LoadRequest& request,
                                                  const std::filesystem::path& scratch,
                                                  const EmbeddedOptions& options,
                                                  const JobControl& control);

/// Where the rows of these parts lie; empty paths where they have none.
[[nodiscard]] std::vector<PartFiles> files_of_parts(const Layout& layout,
                                                    const std::vector<Part>& parts,
                                                    std::span<const std::size_t> positions);

/// DuckDB in memory for the warehouse's own work; it spills into the folder `scratch`.
[[nodiscard]] Result<duckdb::Connection> open_workspace(const std::filesystem::path& scratch,
                                                        const EmbeddedOptions& options);

}  // namespace voucher::embedded
