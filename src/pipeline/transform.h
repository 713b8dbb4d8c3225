// `transform` without a warehouse: outputs in a folder that `load` takes later, on this machine or
// another.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "engine/engine.h"

namespace voucher {

/// What `<out>/manifest.json` says.
struct TransformManifest {
  std::string domain;
  std::string dataset;
  std::string definition;  ///< definition_hash()
  std::string engine;
  std::string tool_version;
  std::string run_id;
  OutputFormat format = OutputFormat::kParquet;
  TransformOutcome outcome;
  std::string processed_sha256;  ///< of the outputs' files
  std::string rejected_sha256;
  std::vector<std::string> warnings;
};

struct TransformToFolder {
  Dataset dataset;
  std::vector<SourceFile> files;
  std::filesystem::path out;
  OutputFormat format = OutputFormat::kParquet;
  std::string run_id;
  std::vector<std::string> warnings;
};

/// Transforms into `out`: processed.parquet or .csv, rejected.parquet, manifest.json. Earlier
/// outputs there are replaced only once the new ones are complete; a failure leaves them as they
/// were.
[[nodiscard]] Result<TransformManifest> transform_to_folder(const TransformToFolder& request,
                                                            Engine& engine,
                                                            const JobControl& control);

/// Reads `<folder>/manifest.json`; the outcome's paths lie in `folder`. kUnavailable where it is
/// not there, kRefused where it is damaged, or its outputs are no Parquet files.
[[nodiscard]] Result<TransformManifest> read_transform(const std::filesystem::path& folder);

}  // namespace voucher
