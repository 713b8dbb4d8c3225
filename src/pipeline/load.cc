#include "pipeline/load.h"

#include <algorithm>
#include <system_error>

#include "base/hash.h"
#include "base/version.h"
#include "pipeline/staging_folder.h"
#include "pipeline/transform.h"
#include "pipeline/work.h"

namespace voucher {
namespace {

namespace fs = std::filesystem;

Result<fs::path> copy_into(const fs::path& file, const fs::path& folder) {
  std::error_code failure;
  const fs::path copy = folder / file.filename();
  fs::copy_file(file, copy, fs::copy_options::overwrite_existing, failure);
  if (failure)
    return fail(ErrorKind::kUnavailable, "cannot copy {} to {}: {}", file.string(), copy.string(),
                failure.message());
  return copy;
}

/// Copies an output, and holds the copy to what the transform wrote.
Result<fs::path> copy_output(const fs::path& file, const std::string& sha256,
                             const fs::path& folder) {
  fs::path copy = TRY(copy_into(file, folder));
  if (TRY(sha256_file(copy)) == sha256) return copy;
  return fail(ErrorKind::kRefused, "{} was changed after the transform: transform again",
              file.string());
}

}  // namespace

Result<VersionManifest> load_folder(const LoadFolderRequest& request, Warehouse& warehouse,
                                    const JobControl& control) {
  const DatasetId id{request.dataset.domain, request.dataset.dataset};
  TransformManifest transformed = TRY(read_transform(request.folder));
  if (transformed.domain != id.domain || transformed.dataset != id.dataset) {
    return fail(ErrorKind::kRefused, "{} holds {}/{}, not {}", request.folder.string(),
                transformed.domain, transformed.dataset, request.dataset.id());
  }
  if (transformed.definition != definition_hash(request.dataset)) {
    return fail(ErrorKind::kRefused, "{} was made under another definition of {}: transform again",
                request.folder.string(), request.dataset.id());
  }
  const auto lock = TRY(warehouse.lock(id, "load " + request.run_id));
  const StagingFolder staging(TRY(warehouse.staging(id, request.run_id)));
  LoadRequest load;
  load.dataset = request.dataset;
  if (const auto live = TRY(read_live_manifest(warehouse, id))) {
    load.based_on = live->version;
    if (request.full_refresh) load.dropped = all_parts(*live);
  }
  TransformOutcome& outcome = transformed.outcome;
  outcome.processed =
      TRY(copy_output(outcome.processed, transformed.processed_sha256, staging.path()));
  outcome.rejected =
      TRY(copy_output(outcome.rejected, transformed.rejected_sha256, staging.path()));
  load.stages = outcome.stages;
  load.transformed = std::move(outcome);
  load.append = request.append;
  load.engine = transformed.engine;
  load.tool_version = kToolVersion;
  load.run_id = request.run_id;
  load.loaded_by = request.by;
  return warehouse.load(load, control);
}

Result<VersionNumber> newest_unpublished(Warehouse& warehouse, const DatasetId& id) {
  const auto versions = TRY(warehouse.versions(id));
  const auto newest = std::ranges::find_if(
      versions.rbegin(), versions.rend(),
      [](const VersionSummary& version) { return version.publications.empty(); });
  if (newest == versions.rend()) {
    return fail(ErrorKind::kRefused, "no unpublished version of {}/{}: load one first", id.domain,
                id.dataset);
  }
  return newest->manifest.version;
}

Result<> publish_version(Warehouse& warehouse, const DatasetId& id, VersionNumber version,
                         const std::string& by, const std::string& why, int keep) {
  const auto lock = TRY(warehouse.lock(id, why));
  Publication publication;
  publication.version = version;
  publication.by = by;
  publication.why = why;
  return warehouse.publish(id, publication, keep);
}

Result<VersionNumber> previous_version(Warehouse& warehouse, const DatasetId& id) {
  const auto versions = TRY(warehouse.versions(id));
  const auto live = std::ranges::find_if(versions, &VersionSummary::live);
  if (live != versions.end() && !live->publications.empty() && live->publications.back().replaced) {
    return *live->publications.back().replaced;
  }
  return fail(ErrorKind::kRefused,
              "{}/{} has no earlier live version to go back to: name one of `voucher versions`",
              id.domain, id.dataset);
}

}  // namespace voucher
