// What the raw files of a run look like to a query: files whose declared columns are stored alike
// are read together.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "model/column.h"
#include "sql/raw_type.h"

namespace voucher::sql {

struct RawColumn {
  std::string name;  ///< as the query must call it
  RawType type = RawType::kText;
  friend auto operator<=>(const RawColumn&, const RawColumn&) = default;
};

struct FileGroup {
  std::vector<std::string> paths;
  /// The first file's position; the others follow. No two files of a run share one.
  std::size_t first_position = 0;
  std::vector<RawColumn> columns;  ///< one for each declared column, in order
};

struct SourceShape {
  SourceFormat format = SourceFormat::kParquet;
  std::vector<FileGroup> groups;
};

}  // namespace voucher::sql
