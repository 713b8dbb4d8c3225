#include "pipeline/work.h"

#include <chrono>

#include "base/files.h"
#include "base/version.h"
#include "pipeline/quality.h"
#include "pipeline/work_list.h"

namespace voucher {
namespace {

namespace fs = std::filesystem;
using SteadyClock = std::chrono::steady_clock;

class Preparation {
 public:
  Preparation(const RunRequest& request, const std::optional<VersionManifest>& live, Engine& engine,
              Warehouse& warehouse, const fs::path& scratch, const JobControl& control)
      : request_(request),
        live_(live),
        engine_(engine),
        warehouse_(warehouse),
        scratch_(scratch),
        control_(control) {}

  Result<PreparedWork> prepare() {
    begin_load();
    WorkList list = TRY(find_work(request_, live_, warehouse_, control_));
    work_.warnings = std::move(list.warnings);
    work_.nothing_new = list.empty();
    work_.load.dropped = std::move(list.dropped);
    if (!list.files.empty()) TRY(read(std::move(list.files)));
    if (!list.rewritten.empty()) TRY(rewrite(list.rewritten));
    return std::move(work_);
  }

 private:
  void begin_load() {
    LoadRequest& load = work_.load;
    load.dataset = request_.dataset;
    if (live_) load.based_on = live_->version;
    load.append = request_.changed_files == ChangedFile::kAppend;
    load.engine = engine_.name();
    load.tool_version = kToolVersion;
    load.run_id = request_.run_id;
    load.loaded_by = request_.by;
  }

  Result<> read(std::vector<SourceFile> files) {
    const fs::path out = scratch_ / "read";
    TRY(create_folder(out));
    TransformOutcome outcome = TRY(engine_.transform(
        {request_.dataset, std::move(files), out, OutputFormat::kParquet}, control_));
    TRY(check_quality(request_.dataset, outcome.rows));
    work_.load.stages = outcome.stages;
    work_.load.transformed = std::move(outcome);
    return {};
  }

  Result<> rewrite(const std::vector<std::vector<std::size_t>>& lists) {
    const auto begin = SteadyClock::now();
    StageTime stage{"relabel", 0, 0};
    for (const std::vector<std::size_t>& positions : lists) {
      work_.load.rewritten.push_back(TRY(rewrite_as_one(positions)));
      for (const std::size_t position : positions)
        stage.rows += live_->parts[position].rows.processed;
    }
    stage.seconds = std::chrono::duration<double>(SteadyClock::now() - begin).count();
    control_.report({stage.name, 1.0, stage.rows, true, stage.seconds});
    work_.load.stages.push_back(std::move(stage));
    return {};
  }

  Result<RewrittenPart> rewrite_as_one(const std::vector<std::size_t>& positions) {
    const fs::path folder = scratch_ / fmt::format("rewritten_{}", positions.front());
    TRY(create_folder(folder));
    const DatasetId id{request_.dataset.domain, request_.dataset.dataset};
    std::vector<fs::path> processed;
    std::vector<fs::path> rejected;
    for (PartFiles& part :
         TRY(warehouse_.part_files(id, live_->version, positions, folder, control_))) {
      if (!part.processed.empty()) processed.push_back(std::move(part.processed));
      if (!part.rejected.empty()) rejected.push_back(std::move(part.rejected));
    }
    RewrittenPart rewritten;
    rewritten.replaces = positions;
    rewritten.history = HistoryCounts(request_.dataset.variants);
    if (!processed.empty()) {
      rewritten.processed = folder / "processed.parquet";
      rewritten.history =
          TRY(engine_.relabel({request_.dataset, std::move(processed), rewritten.processed},
                              control_))
              .history;
    }
    if (positions.size() > 1 && !rejected.empty()) {
      rewritten.rejected = folder / "rejected.parquet";
      TRY(engine_.concatenate(rejected, rewritten.rejected, control_));
    }
    return rewritten;
  }

  const RunRequest& request_;
  const std::optional<VersionManifest>& live_;
  Engine& engine_;
  Warehouse& warehouse_;
  const fs::path& scratch_;
  const JobControl& control_;
  PreparedWork work_;
};

}  // namespace

Result<PreparedWork> prepare_work(const RunRequest& request,
                                  const std::optional<VersionManifest>& live, Engine& engine,
                                  Warehouse& warehouse, const fs::path& scratch,
                                  const JobControl& control) {
  return Preparation(request, live, engine, warehouse, scratch, control).prepare();
}

Result<std::optional<VersionManifest>> read_live_manifest(Warehouse& warehouse,
                                                          const DatasetId& id) {
  const auto number = TRY(warehouse.live(id));
  if (!number) return std::nullopt;
  return TRY(warehouse.version(id, *number)).manifest;
}

}  // namespace voucher
