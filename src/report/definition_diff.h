// What differs between two definitions as far as decisions go, in the words of a definition file.
// Comments, descriptions, schedules, names in the warehouse and limits of a run are no differences.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/dataset.h"

namespace voucher {

enum class ChangeKind { kAdded, kRemoved, kChanged };

/// "added", "removed", "changed".
[[nodiscard]] std::string_view to_string(ChangeKind kind);

struct DefinitionChange {
  std::string section;  ///< "source", "clean", "variants" or "decision"
  std::string subject;  ///< a column, a rule's id, a variant or a key of the section
  ChangeKind kind = ChangeKind::kChanged;
  std::string text;  ///< e.g. "segments 61-90 and 91-120 are merged into 61-120 (61..120)"
  friend bool operator==(const DefinitionChange&, const DefinitionChange&) = default;
};

/// In the order of a definition's sections.
[[nodiscard]] std::vector<DefinitionChange> diff_definitions(const Dataset& before,
                                                             const Dataset& after);

/// A segment's counterpart in another state of its variant: that of the same label, else one of
/// the same range whose own label is new there.
struct SegmentPair {
  std::optional<SegmentIndex> before;
  std::optional<SegmentIndex> after;  ///< at least one of the two is there
  bool renamed = false;               ///< equal ranges of the same value under two labels
  friend bool operator==(const SegmentPair&, const SegmentPair&) = default;
};

/// All segments of both, by where their ranges begin.
[[nodiscard]] std::vector<SegmentPair> pair_segments(const Dataset& before,
                                                     const Variant& variant_before,
                                                     const Dataset& after,
                                                     const Variant& variant_after);

}  // namespace voucher
