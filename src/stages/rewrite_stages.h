// Statements that write stored rows anew, from the same expressions as a transform.
#pragma once

#include <span>
#include <string>

#include "model/dataset.h"
#include "sql/dialect.h"
#include "stages/stage.h"

namespace voucher {

/// Writes the rows of processed files with their labels under this definition, as `process` of a
/// transform would. REQUIRES: at least one file.
[[nodiscard]] Stage relabel_stage(const Dataset& dataset, std::span<const std::string> files,
                                  const std::string& out, const sql::Dialect& dialect);

/// Writes the rows of files with the same columns as one. REQUIRES: at least one file.
[[nodiscard]] Stage concatenate_stage(std::span<const std::string> files, const std::string& out,
                                      const sql::Dialect& dialect);

}  // namespace voucher
