// One version as a folder: manifest.json, snapshot.json, warehouse.duckdb and, once verified, the
// marker `verified`. All but the marker are written once, before the folder gets its name.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "warehouse/embedded/layout.h"

namespace voucher::embedded {

/// The numbers of all whole versions, ascending.
[[nodiscard]] Result<std::vector<VersionNumber>> list_versions(const Layout& layout);

[[nodiscard]] bool version_exists(const Layout& layout, VersionNumber number);
[[nodiscard]] bool is_verified(const Layout& layout, VersionNumber number);

/// The manifest as it was loaded; once the version is verified, all its parts are verified under
/// its definition. kRefused with the existing numbers where there is no such version, or where it
/// is damaged.
[[nodiscard]] Result<VersionManifest> read_version(const Layout& layout, VersionNumber number);

/// The version's snapshot. kRefused where the SHA-256 of snapshot.json is not the manifest's.
[[nodiscard]] Result<Snapshot> read_snapshot(const Layout& layout, const VersionManifest& manifest);

/// A number that no version has had, made durable before it is returned. REQUIRES the lock.
[[nodiscard]] Result<VersionNumber> take_version_number(const Layout& layout);

/// What a failure about an absent version says.
[[nodiscard]] std::unexpected<Error> no_such_version(const Layout& layout, VersionNumber number);

}  // namespace voucher::embedded
