// The proof about segments: no two overlap, every gap is declared, every label can be reached.
// What the rules make impossible counts: no negative orders, no negative days.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "definition/integer_set.h"
#include "model/dataset.h"

namespace voucher {

enum class FaultKind {
  kEmptyRange,     ///< a segment or declared gap from above to
  kOverlap,        ///< two segments hold a value
  kUnreachable,    ///< the rules keep every value out of a segment
  kUndeclaredGap,  ///< possible values in no segment and no declared gap
  kFalseGap,       ///< a declared gap that a segment fills, or of impossible values
  kNoValue,        ///< the rules contradict each other: no row can meet them
};

struct SegmentFault {
  FaultKind kind = FaultKind::kOverlap;
  std::optional<SegmentIndex> segment;  ///< the segment concerned
  std::optional<std::size_t> gap;       ///< or the entry of Variant::allow_gaps
  Range range;                          ///< the values concerned
  std::string message;
};

struct VariantProof {
  /// From the smallest to the largest possible value, an absent end where only the type bounds it;
  /// nullopt where the rules allow no value at all.
  std::optional<Range> possible;
  /// Possible values that no segment holds, declared or not: ascending, as few as can be.
  std::vector<Range> gaps;
  std::vector<SegmentFault> faults;
};

/// Judges the segments against the values that are possible (see possible_values.h).
[[nodiscard]] VariantProof prove(const Source& source, const Variant& variant,
                                 const IntegerSet& possible);

/// The proof of each variant of a checked dataset, in order; its faults are empty.
[[nodiscard]] std::vector<VariantProof> prove(const Dataset& dataset);

}  // namespace voucher
