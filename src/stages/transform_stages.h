// The stages of a transform as data: what an engine executes is what `voucher sql` prints.
#pragma once

#include <string>
#include <vector>

#include "model/dataset.h"
#include "sql/dialect.h"
#include "sql/source_shape.h"
#include "stages/stage.h"

namespace voucher {

/// Where a transform reads and writes.
struct TransformFiles {
  sql::SourceShape source;
  std::string processed;
  std::string rejected;
  sql::FileFormat processed_format = sql::FileFormat::kParquet;
};

/// The statements of a transform. `reject` reads and judges every row, writes the rejected ones and
/// notes the hashes of the others; `process` reads again and writes the table. The two between them
/// are for runs that need them.
struct TransformStages {
  Stage reject;
  /// Notes the hashes that one pass could not hold; gives no row.
  Stage index;
  /// Compares, value by value, rows whose hashes met; gives file_position and source_row of each
  /// row that is a duplicate of an earlier one.
  Stage compare;
  Stage process;
};

[[nodiscard]] TransformStages transform_stages(const Dataset& dataset, const TransformFiles& files,
                                               const sql::Dialect& dialect);

/// The stages of any run of this definition, for people: one file, stored as text, stands for all.
/// `relabel` comes last: it is for rows that are stored already.
[[nodiscard]] std::vector<Stage> explain_transform(const Dataset& dataset,
                                                   const sql::Dialect& dialect);

}  // namespace voucher
