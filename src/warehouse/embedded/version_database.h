// warehouse.duckdb of a version: what an analyst opens in any DuckDB shell. It is a function of the
// manifest, the snapshot and where the folder lies, so it can be made anew whenever the folder
// moves.
#pragma once

#include <filesystem>
#include <vector>

#include "decision/snapshot.h"
#include "warehouse/embedded/layout.h"

namespace voucher::embedded {

/// The snapshot's definition together with the names in the manifest: what the views are made of.
[[nodiscard]] Dataset dataset_of(const Snapshot& snapshot, const VersionManifest& manifest);

/// The existing files of a manifest's parts.
[[nodiscard]] std::vector<std::filesystem::path> processed_files(const Layout& layout,
                                                                 const std::vector<Part>& parts);

/// The files of their rejected rows.
[[nodiscard]] std::vector<std::filesystem::path> rejected_files(const Layout& layout,
                                                                const std::vector<Part>& parts);

/// Writes a new database file at `path` and syncs it. REQUIRES: no file there; the parts in place.
[[nodiscard]] Result<> write_version_database(const std::filesystem::path& path,
                                              const Layout& layout, const Snapshot& snapshot,
                                              const VersionManifest& manifest);

/// The rows of a variant's view, by folded group bytes, then the definition's order.
[[nodiscard]] Result<std::vector<ViewRow>> read_view_rows(const std::filesystem::path& path,
                                                          const Dataset& dataset,
                                                          VariantIndex variant);

}  // namespace voucher::embedded
