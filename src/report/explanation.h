// An explained decision, for people and for programs: the answer that the API gives, the counts
// behind it and, where asked for, the very rows.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "pipeline/cell_evidence.h"

namespace voucher {

struct Explanation {
  /// As the API answers; without a customer it has neither subject nor times.
  nlohmann::ordered_json answer;
  Dataset dataset;      ///< the snapshot's
  std::string group;    ///< as asked for
  CellName decided;     ///< the cell, or the whole group, whose choice it is
  AmountCounts counts;  ///< of that cell
  std::optional<CellEvidence> evidence;
};

/// The answer, and beside it `amounts`, `rows` and `rejected`.
[[nodiscard]] nlohmann::ordered_json explanation_json(const Explanation& explanation);
[[nodiscard]] std::string explanation_text(const Explanation& explanation);

}  // namespace voucher
