// A version before it is stored: which parts it has, and what they come to. It is the half of a
// load that does not care where parts are kept, so every warehouse makes the same version of the
// same request.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/calendar.h"
#include "base/progress.h"
#include "base/result.h"
#include "engine/duckdb/connection.h"
#include "warehouse/load_request.h"
#include "warehouse/manifest.h"

namespace voucher {

/// What a load builds on.
struct LiveVersion {
  VersionManifest manifest;
  Snapshot snapshot;
};

/// Parquet files of live parts, by position. Rows outside of `within` (where it is not empty) may
/// be left out; a part without rows has an empty path.
using ReadParts = std::function<Result<std::vector<PartFiles>>(
    std::span<const std::size_t> positions, std::span<const TimeRange> within)>;

/// One part of the version to be. A name that is empty is given by whoever stores its file.
struct DraftPart {
  Part part;
  std::optional<std::size_t> live;  ///< its position where it is a live part as it stands
  std::filesystem::path processed;  ///< Parquet file to store; empty: none
  std::filesystem::path rejected;   ///< Parquet file to store; empty: none, part.rejected stays
};

struct VersionDraft {
  std::vector<DraftPart> parts;
  Snapshot snapshot;
  std::string snapshot_text;  ///< canonical
  RowCounts new_rows;         ///< of the transformed files
  std::vector<std::string> warnings;
};

/// Works out what a load makes. `scratch` is an existing folder for a file of its own. kRefused
/// where the request does not fit the live version: see Warehouse::load().
[[nodiscard]] Result<VersionDraft> draft_version(duckdb::Connection& connection,
                                                 const LoadRequest& request,
                                                 const std::optional<LiveVersion>& live,
                                                 const ReadParts& read_parts,
                                                 const std::filesystem::path& scratch,
                                                 const JobControl& control);

/// The draft's manifest; the version number is still to be given, the parts' names are as they
/// stand in the draft.
[[nodiscard]] VersionManifest describe(const LoadRequest& request, const VersionDraft& draft,
                                       Timestamp now);

/// The draft as a preview: all its rows as files.
[[nodiscard]] Result<LoadPreview> preview_of(VersionDraft draft, const ReadParts& read_parts);

/// kRefused where a part holds a file's content, or, unless `append`, where a file of the same path
/// had another content.
[[nodiscard]] Result<> refuse_known_files(const std::vector<DraftPart>& parts,
                                          const std::vector<SourceFile>& files, bool append);

}  // namespace voucher
