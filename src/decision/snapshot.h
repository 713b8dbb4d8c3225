// A snapshot holds all that decisions need: the deciding half of the definition, the row accounting
// and the counts. It is immutable and named by the SHA-256 of its canonical JSON, so equal
// histories under equal definitions have the same name on every engine and machine.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "base/result.h"
#include "decision/counts.h"
#include "model/dataset.h"

namespace voucher {

/// The number in every snapshot.json; a reader refuses any other.
inline constexpr int kSnapshotFormat = 1;

struct Snapshot {
  Dataset definition;  ///< `source`, `clean` (without max_rejected_share), `variants` and
                       ///< `decision` only
  RowCounts rows;      ///< of all files that the version holds
  HistoryCounts history;
};

/// SHA-256 (64 hex digits) of the text of deciding_json() (definition_json.h).
[[nodiscard]] std::string definition_hash(const Dataset& dataset);

/// The canonical text: sorted keys, no blanks, integers only; ends without a newline.
[[nodiscard]] std::string to_canonical_json(const Snapshot& snapshot);

/// Reads and checks a canonical text. Fails with kRefused where it is damaged or of another format
/// number.
[[nodiscard]] Result<Snapshot> parse_snapshot(std::string_view text);

}  // namespace voucher
