#include "pipeline/transform.h"

#include <unistd.h>

#include <nlohmann/json.hpp>
#include <system_error>

#include "base/files.h"
#include "base/hash.h"
#include "base/version.h"
#include "decision/snapshot.h"
#include "pipeline/quality.h"
#include "pipeline/staging_folder.h"
#include "warehouse/manifest.h"

namespace voucher {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr int kTransformFormat = 1;
constexpr const char* kManifestName = "manifest.json";

std::string_view format_word(OutputFormat format) {
  return format == OutputFormat::kParquet ? "parquet" : "csv";
}

Part part_of(const TransformManifest& manifest) {
  const TransformOutcome& outcome = manifest.outcome;
  Part part;
  part.name = manifest.processed_sha256;
  part.rejected = manifest.rejected_sha256;
  part.rows = outcome.rows;
  part.files = outcome.files;
  part.unknown_columns = outcome.unknown_columns;
  part.time_ranges = outcome.time_ranges;
  part.definition = manifest.definition;
  return part;
}

json output_json(const fs::path& file, const json& sha256) {
  return {{"file", file.filename().string()}, {"sha256", sha256}};
}

json to_json(const TransformManifest& manifest) {
  json part = voucher::to_json(part_of(manifest));
  json stages = json::array();
  for (const StageTime& stage : manifest.outcome.stages) {
    stages.push_back({{"name", stage.name}, {"seconds", stage.seconds}, {"rows", stage.rows}});
  }
  return {{"transform_format", kTransformFormat},
          {"domain", manifest.domain},
          {"dataset", manifest.dataset},
          {"definition", manifest.definition},
          {"engine", manifest.engine},
          {"tool_version", manifest.tool_version},
          {"run_id", manifest.run_id},
          {"format", format_word(manifest.format)},
          {"processed", output_json(manifest.outcome.processed, part.at("name"))},
          {"rejected", output_json(manifest.outcome.rejected, part.at("rejected"))},
          {"rows", std::move(part.at("rows"))},
          {"files", std::move(part.at("files"))},
          {"unknown_columns", std::move(part.at("unknown_columns"))},
          {"time_ranges", std::move(part.at("time_ranges"))},
          {"stages", std::move(stages)},
          {"warnings", manifest.warnings}};
}

/// The reverse of what to_json() takes apart.
json part_json(const json& document) {
  return {{"name", document.at("processed").at("sha256")},
          {"rejected", document.at("rejected").at("sha256")},
          {"rows", document.at("rows")},
          {"files", document.at("files")},
          {"unknown_columns", document.at("unknown_columns")},
          {"time_ranges", document.at("time_ranges")},
          {"definition", document.at("definition")},
          {"verified_definition", ""}};
}

Result<TransformManifest> manifest_of(const json& document, const fs::path& folder) {
  if (document.at("transform_format").get<int>() != kTransformFormat) {
    return fail(ErrorKind::kRefused,
                "{} was written by another version of voucher: transform again", folder.string());
  }
  TransformManifest manifest;
  manifest.domain = document.at("domain").get<std::string>();
  manifest.dataset = document.at("dataset").get<std::string>();
  manifest.definition = document.at("definition").get<std::string>();
  manifest.engine = document.at("engine").get<std::string>();
  manifest.tool_version = document.at("tool_version").get<std::string>();
  manifest.run_id = document.at("run_id").get<std::string>();
  manifest.warnings = document.at("warnings").get<std::vector<std::string>>();
  if (document.at("format").get<std::string>() != format_word(OutputFormat::kParquet)) {
    return fail(ErrorKind::kRefused,
                "{} holds CSV, which leaves out source rows: load needs transform --format parquet",
                folder.string());
  }
  Part part = TRY(parse_part(part_json(document)));
  manifest.processed_sha256 = std::move(part.name);
  manifest.rejected_sha256 = std::move(part.rejected);
  TransformOutcome& outcome = manifest.outcome;
  outcome.rows = std::move(part.rows);
  outcome.files = std::move(part.files);
  outcome.unknown_columns = std::move(part.unknown_columns);
  outcome.time_ranges = std::move(part.time_ranges);
  outcome.processed = folder / document.at("processed").at("file").get<std::string>();
  outcome.rejected = folder / document.at("rejected").at("file").get<std::string>();
  for (const json& stage : document.at("stages")) {
    outcome.stages.push_back({stage.at("name").get<std::string>(),
                              stage.at("seconds").get<double>(),
                              stage.at("rows").get<std::int64_t>()});
  }
  return manifest;
}

/// Puts complete outputs under their final names; the manifest, which makes them an output, goes
/// last.
Result<> move_outputs(TransformManifest& manifest, const fs::path& out) {
  std::error_code ignored;
  for (const char* stale :
       {kManifestName, "processed.parquet", "processed.csv", "rejected.parquet"}) {
    fs::remove(out / stale, ignored);
  }
  for (fs::path* output : {&manifest.outcome.processed, &manifest.outcome.rejected}) {
    TRY(sync_path(*output));
    TRY(move_into_place(*output, out / output->filename()));
    *output = out / output->filename();
  }
  return replace_file(out / kManifestName, to_json(manifest).dump(2) + "\n");
}

}  // namespace

Result<TransformManifest> transform_to_folder(const TransformToFolder& request, Engine& engine,
                                              const JobControl& control) {
  TRY(create_folder(request.out));
  const StagingFolder work(request.out / fmt::format(".transform-{}", ::getpid()));
  TRY(create_folder(work.path()));
  TransformOutcome outcome =
      TRY(engine.transform({request.dataset, request.files, work.path(), request.format}, control));
  TRY(check_quality(request.dataset, outcome.rows));
  TransformManifest manifest;
  manifest.domain = request.dataset.domain;
  manifest.dataset = request.dataset.dataset;
  manifest.definition = definition_hash(request.dataset);
  manifest.engine = engine.name();
  manifest.tool_version = kToolVersion;
  manifest.run_id = request.run_id;
  manifest.format = request.format;
  manifest.outcome = std::move(outcome);
  manifest.warnings = request.warnings;
  manifest.processed_sha256 = TRY(sha256_file(manifest.outcome.processed));
  manifest.rejected_sha256 = TRY(sha256_file(manifest.outcome.rejected));
  TRY(move_outputs(manifest, request.out));
  return manifest;
}

Result<TransformManifest> read_transform(const fs::path& folder) {
  const std::string text = TRY(read_file(folder / kManifestName));
  try {
    return manifest_of(json::parse(text), folder);
  } catch (const json::exception& error) {
    return fail(ErrorKind::kRefused, "{} is damaged ({}): transform again",
                (folder / kManifestName).string(), error.what());
  }
}

}  // namespace voucher
