// What a load is asked to do: the version that it makes is the live one's parts, less those that
// are dropped or written anew, and a part of the files that were transformed.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "decision/snapshot.h"
#include "engine/engine.h"
#include "warehouse/manifest.h"

namespace voucher {

/// Live parts written anew as one: labelled under another definition, or several small ones merged.
/// Its rows are theirs, to the last one.
struct RewrittenPart {
  std::vector<std::size_t> replaces;  ///< positions in the live version's parts, ascending
  std::filesystem::path processed;    ///< Parquet, taken over; empty: they hold no processed row
  std::filesystem::path rejected;     ///< Parquet, taken over; empty: that of the one part stays
  HistoryCounts history;              ///< of its rows under the request's dataset
};

/// Files are taken over: moved, or copied where they lie on another file system.
struct LoadRequest {
  Dataset dataset;  ///< the definition to load under
  /// The live version, whose parts the positions below count; nullopt: there is none.
  std::optional<VersionNumber> based_on;
  /// The engine's Parquet outputs; without counts, the rows are counted here. Absent: no new file.
  std::optional<TransformOutcome> transformed;
  std::set<std::size_t> dropped;         ///< positions of live parts whose rows leave
  std::vector<RewrittenPart> rewritten;  ///< of parts that are not dropped; each part once
  /// Takes a file whose path a part holds with other content beside it; otherwise it is refused.
  bool append = false;
  std::string engine;
  std::string tool_version;
  std::string run_id;
  std::string loaded_by;
  std::vector<StageTime> stages;  ///< before the load
};

/// The positions of all parts of a version: dropping them is a full refresh.
[[nodiscard]] std::set<std::size_t> all_parts(const VersionManifest& manifest);

/// Parquet files of a part; a path is empty where it has no such rows.
struct PartFiles {
  std::filesystem::path processed;
  std::filesystem::path rejected;
};

/// What a load would make.
struct LoadPreview {
  Snapshot snapshot;
  std::vector<std::filesystem::path> processed;  ///< Parquet files of all its rows
};

}  // namespace voucher
