// What stands behind a choice: the rows that it was made of, each with its place in the raw files,
// and the rejected rows that would have been among them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "decision/counts.h"
#include "decision/snapshot.h"
#include "warehouse/warehouse.h"

namespace voucher {

/// A row as text, a value for each declared column; nullopt where it is missing.
struct EvidenceRow {
  std::string source_file;
  std::optional<std::int64_t> source_row;  ///< from 1
  std::vector<std::optional<std::string>> values;
};

/// A rejected row with its original values.
struct EvidenceReject {
  EvidenceRow row;
  std::vector<std::string> reasons;  ///< the primary one first
  bool segment_known = true;         ///< false: it may belong to any segment of the variant
};

struct CellEvidence {
  AmountCounts counts;            ///< of all the cell's rows
  std::vector<EvidenceRow> rows;  ///< the first ones, those with the chosen amount before others
  std::int64_t rejected = 0;      ///< rejected rows of the cell
  std::map<std::string, std::int64_t> rejected_by;  ///< primary reason -> rows
  std::vector<EvidenceReject> rejects;              ///< the first ones by file and row
};

struct EvidenceRequest {
  DatasetId id;
  VersionNumber version = 0;
  CellName cell;
  std::optional<std::int64_t> choice;  ///< its rows come first
  std::size_t limit = 20;              ///< of either list
};

/// The counts of a cell or of a whole group; empty where the snapshot does not know the group.
/// REQUIRES: a segment of the variant.
[[nodiscard]] AmountCounts counts_of_cell(const Snapshot& snapshot, const CellName& cell);

/// Reads both lists. `snapshot` is the version's. A rejected row belongs to the cell where its
/// group is the cell's and its segment, found from the original text by the deciding code, is too,
/// or cannot be found. Counts are empty where the snapshot does not know the group.
[[nodiscard]] Result<CellEvidence> collect_evidence(Warehouse& warehouse, const Snapshot& snapshot,
                                                    const EvidenceRequest& request,
                                                    const JobControl& control);

}  // namespace voucher
