#include "pipeline/work.h"

#include "base/version.h"
#include "pipeline/quality.h"
#include "pipeline/work_list.h"

namespace voucher {
namespace {

LoadRequest begin_load(const RunRequest& request, const std::optional<VersionManifest>& live,
                       const Engine& engine) {
  LoadRequest load;
  load.dataset = request.dataset;
  if (live) load.based_on = live->version;
  load.append = request.changed_files == ChangedFile::kAppend;
  load.engine = engine.name();
  load.tool_version = kToolVersion;
  load.run_id = request.run_id;
  load.loaded_by = request.by;
  return load;
}

}  // namespace

Result<PreparedWork> prepare_work(const RunRequest& request,
                                  const std::optional<VersionManifest>& live, Engine& engine,
                                  Warehouse& /*warehouse*/, const std::filesystem::path& scratch,
                                  const JobControl& control) {
  WorkList list = TRY(find_work(request, live, control));
  PreparedWork work;
  work.load = begin_load(request, live, engine);
  work.warnings = std::move(list.warnings);
  work.nothing_new = list.files.empty() && live;
  if (work.nothing_new) return work;
  TransformOutcome outcome = TRY(engine.transform(
      {request.dataset, std::move(list.files), scratch, OutputFormat::kParquet}, control));
  TRY(check_quality(request.dataset, outcome.rows));
  work.load.stages = outcome.stages;
  work.load.transformed = std::move(outcome);
  work.load.dropped = std::move(list.dropped);
  return work;
}

Result<std::optional<VersionManifest>> read_live_manifest(Warehouse& warehouse,
                                                          const DatasetId& id) {
  const auto number = TRY(warehouse.live(id));
  if (!number) return std::nullopt;
  return TRY(warehouse.version(id, *number)).manifest;
}

}  // namespace voucher
