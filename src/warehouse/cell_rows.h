// The rows behind a cell: who asks for them, and how they are handed out. They are filtered where
// they are stored and stream past, so a history of any size can be asked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "decision/row.h"
#include "model/variant.h"

namespace voucher {

/// A group, or one of its cells.
struct CellName {
  std::string group;                    ///< folded
  std::optional<VariantIndex> variant;  ///< absent: the whole group, of any segment
  std::optional<std::string> segment;   ///< the label; absent: the unsegmented rows of the variant
};

/// Which of a cell's processed rows are wanted, and in which order.
struct CellRowsRequest {
  CellName cell;
  std::optional<std::int64_t> first_amount;  ///< rows with this amount come before all others
  std::size_t limit = 20;                    ///< rows at most; at least 1
};

/// A processed row and where it stands. Views are valid during the call only.
struct StoredRow {
  std::vector<Field> values;  ///< of the declared columns; nullable ones may be missing
  std::string_view source_file;
  std::optional<std::int64_t> source_row;  ///< from 1; absent where the reader could not tell
};

/// A rejected row as it stands in its file. Views are valid during the call only.
struct RejectedRow {
  std::vector<std::optional<std::string_view>> originals;  ///< of the declared columns, as text
  std::string_view source_file;
  std::optional<std::int64_t> source_row;
  std::vector<std::string_view> reasons;  ///< in order of precedence, the primary one first
};

using ConsumeStoredRow = std::function<Result<>(const StoredRow&)>;
using ConsumeRejectedRow = std::function<Result<>(const RejectedRow&)>;

}  // namespace voucher
