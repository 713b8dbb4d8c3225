// A run as OpenLineage tells it: one event when it starts, one when it ends. Pure: what happened
// goes in, JSON comes out. (The OpenLineage specification, 2-0-2, and its facets.)
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/calendar.h"

namespace voucher {

enum class LineageState {
  kStart,
  kComplete,
  kFail,
  kAbort,  ///< someone asked it to stop
};

/// "START", "COMPLETE", "FAIL", "ABORT".
[[nodiscard]] std::string_view to_string(LineageState state);

/// A dataset by the naming conventions of OpenLineage.
struct LineageName {
  std::string space;  ///< its `namespace`: the data source
  std::string name;
  friend bool operator==(const LineageName&, const LineageName&) = default;
};

struct LineageField {
  std::string name;
  std::string type;
  friend bool operator==(const LineageField&, const LineageField&) = default;
};

/// How a column of an output comes from one of the inputs.
enum class LineageUse { kIdentity, kTransformation, kAggregation, kFilter, kGroupBy };

/// A column of the inputs, and how it is used.
struct LineageSource {
  std::string column;
  LineageUse use = LineageUse::kIdentity;
  friend bool operator==(const LineageSource&, const LineageSource&) = default;
};

/// What an output's columns are and where they come from.
struct LineageColumns {
  std::vector<LineageField> schema;
  std::vector<std::pair<std::string, std::vector<LineageSource>>> sources;  ///< by column
  std::vector<LineageSource> rows;  ///< what decides which rows there are
};

struct LineageInput {
  LineageName name;
  std::vector<LineageField> schema;
  std::optional<std::int64_t> files{};
  std::optional<std::int64_t> bytes{};
};

struct LineageOutput {
  LineageName name;
  std::string source;  ///< address of the data source, without a password
  LineageColumns columns;
  std::optional<std::int64_t> rows{};     ///< written by this run
  std::optional<std::int64_t> version{};  ///< of the dataset
};

struct LineageJob {
  std::string space;  ///< its `namespace`
  std::string name;
  std::string type;         ///< e.g. "RUN"
  std::string description;  ///< may be empty
};

struct LineageEvent {
  LineageState state = LineageState::kStart;
  Timestamp time;
  std::string run_id;  ///< a UUID
  LineageJob job;
  std::string engine;          ///< name, e.g. "duckdb"
  std::string engine_version;  ///< may be empty: then nothing is said of the engine
  std::string error{};         ///< for kFail and kAbort
  std::vector<LineageInput> inputs{};
  std::vector<LineageOutput> outputs{};
};

/// One line of JSON, without a newline.
[[nodiscard]] std::string render(const LineageEvent& event);

/// A UUID of version 7: it begins with the time. `random` is what makes it unique.
[[nodiscard]] std::string make_uuid(Timestamp time,
                                    const std::pair<std::uint64_t, std::uint64_t>& random);

/// Whether `text` is a UUID, in any case.
[[nodiscard]] bool is_uuid(std::string_view text);

}  // namespace voucher
