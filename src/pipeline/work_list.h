// Which files a run has to read and what becomes of the live version's parts, given what is live.
// Of files only what tells them apart is read here, of parts nothing.
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
  /// Positions of live parts to be written anew: those of one list, which follow each other, as one
  /// part.
  std::vector<std::vector<std::size_t>> rewritten;
  std::vector<std::string> warnings;

  [[nodiscard]] bool empty() const { return files.empty() && dropped.empty() && rewritten.empty(); }
};

/// A file of the live version is known by its content. Where `variants` or `decision` changed, all
/// parts are written anew; where `source` or `clean` did, all files are read again. A file that is
/// replaced takes with it the part that holds it, and parts that may have lost rows to it as
/// duplicates: their other files are read again. Fails as prepare_work().
[[nodiscard]] Result<WorkList> find_work(const RunRequest& request,
                                         const std::optional<VersionManifest>& live,
                                         Warehouse& warehouse, const JobControl& control);

}  // namespace voucher
