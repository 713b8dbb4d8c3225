// What goes away after a publication: versions beyond those to keep, and files that no version
// names. A file is removed only after no version has named it for the grace period, since a reader
// may still hold its path; when that began is kept in unreferenced.json.
#pragma once

#include <set>
#include <span>
#include <vector>

#include "base/calendar.h"
#include "warehouse/embedded/layout.h"

namespace voucher::embedded {

/// How long a reader may go on with the paths of a version that was removed.
inline constexpr std::int64_t kGraceMicros = 3'600 * kMicrosPerSecond;

/// Those of `existing` (ascending) that are neither among the `keep` highest nor in `needed`.
[[nodiscard]] std::vector<VersionNumber> surplus_versions(std::span<const VersionNumber> existing,
                                                          const std::set<VersionNumber>& needed,
                                                          int keep);

/// Removes a version's folder: for readers at once, then from the disk. REQUIRES the lock.
[[nodiscard]] Result<> remove_version(const Layout& layout, VersionNumber number);

/// Notes the files of parts/ and rejected/ that no version names, and removes those noted for the
/// grace period. Removes nothing where a manifest cannot be read. REQUIRES the lock.
[[nodiscard]] Result<> remove_unreferenced_files(const Layout& layout, Timestamp now);

/// Removes what a killed or failed writer left: staged files, unfinished versions and files,
/// the line of an unfinished publication. REQUIRES the lock.
[[nodiscard]] Result<> remove_leftovers(const Layout& layout);

}  // namespace voucher::embedded
