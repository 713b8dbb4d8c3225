// The parts of a definition file, one reader each, in the order in which load.cc calls them: what
// a section refers to is read before it. Each reports its mistakes and returns what it could read.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "definition/column_table.h"
#include "definition/map_reader.h"
#include "model/dataset.h"

namespace voucher {

struct SourceSection {
  SourceFormat format = SourceFormat::kParquet;
  ColumnTable columns;
};
[[nodiscard]] SourceSection read_source(const NamedNode& named, Mistakes& mistakes);

struct CleanSection {
  Clean clean;
  bool complete = true;  ///< every rule was understood
};
[[nodiscard]] CleanSection read_clean(const NamedNode& named, const ColumnTable& columns,
                                      Mistakes& mistakes);

struct DecisionSection {
  DecisionPolicy policy;
  std::optional<ColumnIndex> amount;  ///< where it was understood
};
[[nodiscard]] DecisionSection read_decision(const NamedNode& named, const ColumnTable& columns,
                                            Mistakes& mistakes);

/// A variant and where its parts are, for what is proved about it later.
struct VariantSection {
  Variant variant;
  Position where;
  Position value_where;    ///< of the column in `value`
  Position clock_where;    ///< of `clock`
  bool has_value = false;  ///< `value` (and `clock`) were understood
  bool complete = true;    ///< all segments and gaps were
  std::vector<Position> segment_places;
  std::vector<Position> gap_places;
};
[[nodiscard]] std::vector<VariantSection> read_variants(const NamedNode& named,
                                                        const ColumnTable& columns,
                                                        Mistakes& mistakes);

/// Names that are not given are derived: the schema is the domain, the table
/// `<dataset>_segmented`, a view `<variant>_view`. `dataset` has its names and variants; mistakes
/// of derived names are reported at `root`.
[[nodiscard]] WarehouseNames read_warehouse(const std::optional<NamedNode>& named, Position root,
                                            const Dataset& dataset, Mistakes& mistakes);

[[nodiscard]] Orchestration read_orchestration(const NamedNode& named, Mistakes& mistakes);

}  // namespace voucher
