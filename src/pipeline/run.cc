#include "pipeline/run.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <set>

#include "base/version.h"
#include "pipeline/inputs.h"
#include "pipeline/quality.h"
#include "pipeline/staging_folder.h"

namespace voucher {
namespace {

namespace fs = std::filesystem;
using SteadyClock = std::chrono::steady_clock;

double seconds_since(SteadyClock::time_point begin) {
  return std::chrono::duration<double>(SteadyClock::now() - begin).count();
}

std::vector<SourceFile> files_of(const VersionManifest& manifest) {
  std::vector<SourceFile> files;
  for (const Part& part : manifest.parts)
    files.insert(files.end(), part.files.begin(), part.files.end());
  return files;
}

/// What a run has to read, given what is live.
struct WorkList {
  std::vector<SourceFile> files;
  bool full_refresh = false;
  std::vector<std::string> warnings;
};

Result<> refuse_changed_content(const std::vector<SourceFile>& held, const SourceFile& file) {
  const auto same_path = std::ranges::find(held, file.path, &SourceFile::path);
  if (same_path == held.end()) return {};
  return fail(ErrorKind::kRefused,
              "{} was taken before with other content: give new data a new name, or rebuild from "
              "all files with "
              "--full-refresh",
              file.path.string());
}

/// All files of the live version, read again because the definition changed: each must still be
/// what it was.
Result<> add_held_files(const std::vector<SourceFile>& held, const JobControl& control,
                        WorkList& work) {
  for (const SourceFile& file : held) {
    const std::vector<std::string> argument{file.path.string()};
    auto again = resolve_inputs(argument, SourceFormat::kParquet, {}, control);
    if (!again || again->files.front().sha256 != file.sha256) {
      return fail(ErrorKind::kRefused,
                  "the definition changed, and {} of the live version is {}: name all files and "
                  "--full-refresh",
                  file.path.string(), again ? "not what it was" : "gone");
    }
    work.files.push_back(file);
  }
  return {};
}

Result<WorkList> plan_work(const RunRequest& request, const std::optional<VersionManifest>& live,
                           const JobControl& control) {
  const std::vector<SourceFile> held = live ? files_of(*live) : std::vector<SourceFile>{};
  Inputs inputs = TRY(resolve_inputs(request.inputs, request.dataset.source.format, held, control));
  WorkList work;
  work.warnings = std::move(inputs.warnings);
  work.full_refresh = request.full_refresh;
  if (request.full_refresh) {
    work.files = std::move(inputs.files);
    return work;
  }
  std::set<std::string> known;
  for (const SourceFile& file : held) known.insert(file.sha256);
  for (SourceFile& file : inputs.files) {
    if (known.contains(file.sha256)) continue;
    TRY(refuse_changed_content(held, file));
    work.files.push_back(std::move(file));
  }
  if (live && live->definition != definition_hash(request.dataset)) {
    work.full_refresh = true;
    TRY(add_held_files(held, control, work));
  }
  std::ranges::sort(work.files, {}, &SourceFile::path);
  return work;
}

Result<RunOutcome> nothing_new(Warehouse& warehouse, const DatasetId& id, VersionManifest live,
                               WorkList work) {
  RunOutcome outcome;
  outcome.snapshot = TRY(warehouse.snapshot(id, live.version));
  outcome.manifest = std::move(live);
  outcome.warnings = std::move(work.warnings);
  return outcome;
}

class Run {
 public:
  Run(const RunRequest& request, Engine& engine, Warehouse& warehouse, const JobControl& control)
      : request_(request),
        engine_(engine),
        warehouse_(warehouse),
        control_(control),
        id_{request.dataset.domain, request.dataset.dataset} {}

  Result<RunOutcome> execute() {
    const auto lock = TRY(warehouse_.lock(id_, "run " + request_.run_id));
    std::optional<VersionManifest> live;
    if (const auto number = TRY(warehouse_.live(id_)))
      live = TRY(warehouse_.version(id_, *number)).manifest;
    WorkList work = TRY(plan_work(request_, live, control_));
    if (work.files.empty() && live)
      return nothing_new(warehouse_, id_, std::move(*live), std::move(work));

    const StagingFolder staging(TRY(warehouse_.staging(id_, request_.run_id)));
    TransformOutcome transformed = TRY(transform(std::move(work.files), staging.path()));
    RunOutcome outcome;
    outcome.stages = transformed.stages;
    outcome.warnings = std::move(work.warnings);
    outcome.manifest = TRY(load(std::move(transformed), work.full_refresh, outcome));
    outcome.verified = TRY(verify(outcome));
    TRY(publish(live, outcome));
    outcome.snapshot = TRY(warehouse_.snapshot(id_, outcome.manifest.version));
    outcome.published = true;
    return outcome;
  }

 private:
  Result<TransformOutcome> transform(std::vector<SourceFile> files, const fs::path& out) {
    TransformOutcome transformed = TRY(engine_.transform(
        {request_.dataset, std::move(files), out, OutputFormat::kParquet}, control_));
    TRY(check_quality(request_.dataset, transformed.rows));
    return transformed;
  }

  Result<VersionManifest> load(TransformOutcome transformed, bool full_refresh,
                               RunOutcome& outcome) {
    const auto begin = SteadyClock::now();
    LoadRequest load;
    load.dataset = request_.dataset;
    load.transformed = std::move(transformed);
    load.full_refresh = full_refresh;
    load.engine = engine_.name();
    load.tool_version = kToolVersion;
    load.run_id = request_.run_id;
    load.loaded_by = request_.by;
    VersionManifest manifest = TRY(warehouse_.load(load, control_));
    outcome.new_rows = manifest.new_rows;
    outcome.warnings.insert(outcome.warnings.end(), manifest.warnings.begin(),
                            manifest.warnings.end());
    outcome.stages.push_back({"load", seconds_since(begin), manifest.new_rows.processed});
    control_.report({"load", 1.0, manifest.new_rows.processed, true, seconds_since(begin)});
    return manifest;
  }

  Result<VerifyOutcome> verify(RunOutcome& outcome) {
    VerifyOutcome verified =
        TRY(verify_version(warehouse_, id_, outcome.manifest.version, control_));
    outcome.stages.push_back({"verify", verified.seconds, verified.inputs});
    control_.report({"verify", 1.0, verified.inputs, true, verified.seconds});
    return verified;
  }

  Result<> publish(const std::optional<VersionManifest>& live, RunOutcome& outcome) {
    if (control_.stop.stop_requested()) {
      return fail(ErrorKind::kInterrupted,
                  "interrupted before publication: version {} stays unpublished",
                  outcome.manifest.version);
    }
    const auto begin = SteadyClock::now();
    Publication publication;
    publication.version = outcome.manifest.version;
    if (live) publication.replaced = live->version;
    publication.by = request_.by;
    publication.why = "run";
    TRY(warehouse_.publish(id_, publication, request_.dataset.warehouse.keep));
    outcome.stages.push_back({"publish", seconds_since(begin), outcome.manifest.rows.processed});
    control_.report({"publish", 1.0, outcome.manifest.rows.processed, true, seconds_since(begin)});
    return {};
  }

  const RunRequest& request_;
  Engine& engine_;
  Warehouse& warehouse_;
  const JobControl& control_;
  DatasetId id_;
};

}  // namespace

Result<RunOutcome> run_pipeline(const RunRequest& request, Engine& engine, Warehouse& warehouse,
                                const JobControl& control) {
  return Run(request, engine, warehouse, control).execute();
}

}  // namespace voucher
