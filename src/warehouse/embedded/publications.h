// Which version is live, and the history of publications. A publication is first appended to the
// history, then CURRENT is replaced: the history counts up to the last line that names the live
// version, so a line whose writer was killed before the switch is no publication.
#pragma once

#include <optional>
#include <vector>

#include "warehouse/embedded/layout.h"

namespace voucher::embedded {

/// The live version; nullopt where nothing is published. kRefused where CURRENT is damaged.
[[nodiscard]] Result<std::optional<VersionNumber>> read_current(const Layout& layout);

/// Makes a version live, atomically and durably. REQUIRES the lock.
[[nodiscard]] Result<> replace_current(const Layout& layout, VersionNumber number);

/// The publications so far, oldest first.
[[nodiscard]] Result<std::vector<Publication>> read_publications(const Layout& layout);

/// Appends the intent to publish and syncs it. REQUIRES the lock.
[[nodiscard]] Result<> append_publication(const Layout& layout, const Publication& publication);

/// Removes the line of a publication that a killed writer did not finish. REQUIRES the lock.
[[nodiscard]] Result<> drop_unfinished_publication(const Layout& layout);

}  // namespace voucher::embedded
