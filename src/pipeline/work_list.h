// Which files a run has to read and which parts of the live version it leaves behind, given what is
// live. Nothing is read here but what tells files apart.
#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "pipeline/work.h"

namespace voucher {

struct WorkList {
  std::vector<SourceFile> files;  ///< to read, sorted by path
  std::set<std::size_t> dropped;  ///< positions of live parts whose rows leave
  std::vector<std::string> warnings;
};

/// Fails as prepare_work().
[[nodiscard]] Result<WorkList> find_work(const RunRequest& request,
                                         const std::optional<VersionManifest>& live,
                                         const JobControl& control);

}  // namespace voucher
