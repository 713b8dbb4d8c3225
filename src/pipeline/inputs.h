// From --input arguments to the files of a run: globs and folders expanded, contents hashed, equal
// contents once.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "engine/engine.h"
#include "model/column.h"

namespace voucher {

struct Inputs {
  std::vector<SourceFile> files;      ///< sorted by path, contents differ
  std::vector<std::string> warnings;  ///< e.g. a file left out because another has the same content
};

/// Expands `arguments` (a file, a glob with * ? [ ], or a folder: its *.<format> files, recursive,
/// names that start with '.' or '_' left out; for json also *.ndjson and *.jsonl). A file in
/// `known` with the same path, size and modification time is not hashed again. kUnavailable where
/// an argument names nothing, or a file cannot be read.
[[nodiscard]] Result<Inputs> resolve_inputs(std::span<const std::string> arguments,
                                            SourceFormat format, std::span<const SourceFile> known,
                                            const JobControl& control);

}  // namespace voucher
