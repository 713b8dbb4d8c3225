// What a version and its parts are made of, as written beside them. A manifest is what makes a
// version explainable: files, counts, times, who and why. Nothing in it takes part in a decision.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/calendar.h"
#include "decision/counts.h"
#include "engine/engine.h"
#include "model/dataset.h"

namespace voucher {

/// Version numbers start at 1, are given at load and never used again.
using VersionNumber = std::int64_t;

/// The number in every manifest.json; a reader refuses any other.
inline constexpr int kManifestFormat = 1;

/// The processed (and rejected) rows of one run's new files. Immutable.
struct Part {
  std::string name;      ///< SHA-256 of the processed file: its name without extension; empty (and
                         ///< no file) where earlier parts hold every row
  std::string rejected;  ///< SHA-256 of the rejected rows' file
  RowCounts rows;        ///< of its files; rows that earlier parts hold count as duplicates
  std::vector<SourceFile> files;
  std::vector<std::string> unknown_columns;
  std::vector<TimeRange> time_ranges;  ///< of its rows and of those that are duplicates
  std::string definition;              ///< definition_hash() under which it was made
  std::string verified_definition;     ///< under which its rows were verified; empty where not yet
};

/// Whether rows within these time ranges may equal rows within those: no column's are apart.
[[nodiscard]] bool may_share_rows(const std::vector<TimeRange>& some,
                                  const std::vector<TimeRange>& others);

enum class VersionState { kLoaded, kVerified, kPublished };

/// "loaded", "verified", "published".
[[nodiscard]] std::string_view to_string(VersionState state);

struct VersionManifest {
  std::string domain;
  std::string dataset;
  VersionNumber version = 0;
  std::optional<VersionNumber> based_on;  ///< the live version when it was loaded
  std::string snapshot;                   ///< SHA-256 of the snapshot
  std::string definition;                 ///< definition_hash()
  WarehouseNames names;                   ///< of the schema, table and views it was loaded under
  std::string engine;
  std::string tool_version;
  std::string run_id;
  Timestamp loaded_at;
  std::string loaded_by;  ///< user@host
  RowCounts rows;         ///< of all its parts
  RowCounts new_rows;     ///< of the run that loaded it
  std::vector<Part> parts;
  std::vector<StageTime> stages;
  std::vector<std::string> warnings;  ///< e.g. spellings of one group, unknown columns
};

[[nodiscard]] nlohmann::json to_json(const Part& part);
/// Fails with kRefused where a member is missing, unknown or of another type.
[[nodiscard]] Result<Part> parse_part(const nlohmann::json& object);

[[nodiscard]] nlohmann::json to_json(const VersionManifest& manifest);
/// Fails with kRefused where the text is no manifest of a known format; strict as parse_part().
[[nodiscard]] Result<VersionManifest> parse_manifest(std::string_view text);

}  // namespace voucher
