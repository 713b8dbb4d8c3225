#include "pipeline/run.h"

#include <chrono>

#include "pipeline/staging_folder.h"

namespace voucher {
namespace {

using SteadyClock = std::chrono::steady_clock;

double seconds_since(SteadyClock::time_point begin) {
  return std::chrono::duration<double>(SteadyClock::now() - begin).count();
}

Result<RunOutcome> no_news(Warehouse& warehouse, const DatasetId& id, VersionManifest live,
                           PreparedWork work) {
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
    TRY(expect_something());
    const auto lock = TRY(warehouse_.lock(id_, "run " + request_.run_id));
    std::optional<VersionManifest> live = TRY(read_live_manifest(warehouse_, id_));
    const StagingFolder staging(TRY(warehouse_.staging(id_, request_.run_id)));
    PreparedWork work =
        TRY(prepare_work(request_, live, engine_, warehouse_, staging.path(), control_));
    if (work.nothing_new && request_.inputs.empty())
      return needs_input("its definition is the same");
    if (work.nothing_new) return no_news(warehouse_, id_, std::move(*live), std::move(work));

    RunOutcome outcome;
    outcome.stages = work.load.stages;
    if (work.load.transformed) outcome.read = work.load.transformed->files;
    outcome.warnings = std::move(work.warnings);
    outcome.manifest = TRY(load(work.load, outcome));
    outcome.verified = TRY(verify(outcome));
    TRY(publish(live, outcome));
    outcome.snapshot = TRY(warehouse_.snapshot(id_, outcome.manifest.version));
    outcome.published = true;
    return outcome;
  }

 private:
  /// Without files there must be a live version to work on: found before the lock makes a place for
  /// a first one.
  Result<> expect_something() {
    if (!request_.inputs.empty() || TRY(warehouse_.live(id_)).has_value()) return {};
    return needs_input("nothing is published yet");
  }

  [[nodiscard]] std::unexpected<Error> needs_input(std::string_view why) const {
    return fail(ErrorKind::kUsage,
                "run needs --input: name files, globs or folders of {}; without them there is "
                "nothing to do, {}",
                request_.dataset.id(), why);
  }

  Result<VersionManifest> load(const LoadRequest& load, RunOutcome& outcome) {
    const auto begin = SteadyClock::now();
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
