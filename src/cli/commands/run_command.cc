#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/commands/entries.h"
#include "cli/lineage_run.h"
#include "cli/report.h"
#include "pipeline/run.h"

namespace voucher {
namespace {

using nlohmann::ordered_json;

ordered_json run_json(const Dataset& dataset, const RunOutcome& outcome) {
  const VersionManifest& manifest = outcome.manifest;
  return {{"domain", dataset.domain},
          {"dataset", dataset.dataset},
          {"version", manifest.version},
          {"snapshot", named_hash(manifest.snapshot)},
          {"definition", named_hash(manifest.definition)},
          {"engine", manifest.engine},
          {"run_id", manifest.run_id},
          {"rows", rows_json(manifest.rows)},
          {"new", {{"rows", rows_json(outcome.new_rows)}}},
          {"variants", variants_json(outcome.snapshot.definition, outcome.snapshot.history)},
          {"stages", stages_json(outcome.stages)},
          {"warnings", outcome.warnings},
          {"published", outcome.published}};
}

std::string run_text(const Dataset& dataset, const RunOutcome& outcome) {
  const VersionManifest& manifest = outcome.manifest;
  if (!outcome.published) {
    return fmt::format(
        "{} version {} is up to date: no new file, same definition; nothing was written\n",
        dataset.id(), manifest.version);
  }
  std::string text = fmt::format("{} version {} is published (snapshot {})\n\n", dataset.id(),
                                 manifest.version, named_hash(manifest.snapshot).substr(0, 19));
  text += rows_text(manifest.rows);
  if (!(outcome.new_rows == manifest.rows)) {
    text += fmt::format("  of which this run read {} and added {}\n", outcome.new_rows.raw,
                        outcome.new_rows.processed);
  }
  text += "\n" + variants_text(outcome.snapshot.definition, outcome.snapshot.history);
  text += fmt::format("\n  {} distinct inputs and {} choices verified\n", outcome.verified->inputs,
                      outcome.verified->choices);
  return text + "  " + stages_text(outcome.stages) + "\n";
}

/// What this run has read; where it has read nothing, what the version was made of before.
std::vector<LineageInput> run_inputs(const Dataset& dataset, const RunOutcome& outcome) {
  if (!outcome.read.empty()) return lineage_inputs(dataset, outcome.read);
  std::vector<SourceFile> held;
  for (const Part& part : outcome.manifest.parts)
    held.insert(held.end(), part.files.begin(), part.files.end());
  std::vector<LineageInput> inputs = lineage_inputs(dataset, held);
  for (LineageInput& input : inputs) input.files = input.bytes = std::nullopt;
  return inputs;
}

class RunCommand final : public Command {
 public:
  void declare(Flags& flags) override {
    flags.add("--input,-i", inputs_,
              "A file, a glob, or a folder; repeatable; not needed where the definition changed");
    flags.add_switch("--full-refresh", full_refresh_,
                     "The version holds exactly this command's files");
    flags.add_switch("--replace", replace_,
                     "A file that changed since it was taken: its old rows leave");
    flags.add_switch("--append", append_,
                     "A file that changed since it was taken: its old rows stay beside the new");
    flags.add_switch("--skip-unchanged", skip_unchanged_,
                     "Exit with 99 where there is nothing new");
    engine_.declare(flags);
    lineage_.declare(flags);
  }

  Result<ExitCode> execute(Session& session) override {
    if (replace_ && append_)
      return fail(ErrorKind::kUsage, "--replace and --append exclude each other: give one of them");
    RunRequest request;
    request.dataset = TRY(session.dataset());
    request.inputs = inputs_;
    request.full_refresh = full_refresh_;
    if (replace_) request.changed_files = ChangedFile::kReplace;
    if (append_) request.changed_files = ChangedFile::kAppend;
    request.run_id = session.run_id();
    request.by = Session::user_at_host();
    const auto engine = TRY(Session::engine(engine_));
    const auto warehouse = TRY(session.warehouse());
    LineageRun lineage =
        TRY(LineageRun::begin(session, lineage_, request.dataset, "run", engine->name()));
    const auto ran = run_pipeline(request, *engine, *warehouse, session.control());
    if (!ran) return lineage.failed(ran.error());
    const RunOutcome& outcome = *ran;
    lineage.complete({run_inputs(request.dataset, outcome),
                      lineage_outputs(session, request.dataset, outcome.manifest,
                                      {.rows = outcome.new_rows.processed})});
    for (const std::string& warning : outcome.warnings) session.warn(warning);
    session.print(run_json(request.dataset, outcome), run_text(request.dataset, outcome));
    return !outcome.published && skip_unchanged_ ? ExitCode::kNothingNew : ExitCode::kDone;
  }

 private:
  std::vector<std::string> inputs_;
  bool full_refresh_ = false;
  bool replace_ = false;
  bool append_ = false;
  bool skip_unchanged_ = false;
  EngineFlags engine_;
  LineageFlags lineage_;
};

}  // namespace

std::unique_ptr<Command> make_run_command() {
  return std::make_unique<RunCommand>();
}

}  // namespace voucher
