#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>

#include "cli/commands/entries.h"
#include "cli/lineage_run.h"
#include "cli/report.h"
#include "decision/snapshot.h"
#include "lineage/columns.h"
#include "pipeline/inputs.h"
#include "pipeline/transform.h"

namespace voucher {
namespace {

using nlohmann::ordered_json;

ordered_json transform_json(const Dataset& dataset, const TransformManifest& manifest) {
  const TransformOutcome& outcome = manifest.outcome;
  return {{"domain", dataset.domain},
          {"dataset", dataset.dataset},
          {"definition", named_hash(manifest.definition)},
          {"engine", manifest.engine},
          {"run_id", manifest.run_id},
          {"rows", rows_json(outcome.rows)},
          {"variants", variants_json(dataset, *outcome.history)},
          {"stages", stages_json(outcome.stages)},
          {"warnings", manifest.warnings},
          {"processed", outcome.processed.string()},
          {"rejected", outcome.rejected.string()}};
}

std::string transform_text(const Dataset& dataset, const TransformManifest& manifest) {
  const TransformOutcome& outcome = manifest.outcome;
  return rows_text(outcome.rows) + "\n" + variants_text(dataset, *outcome.history) +
         fmt::format("\n  processed  {}\n  rejected   {}\n  {}\n", outcome.processed.string(),
                     outcome.rejected.string(), stages_text(outcome.stages));
}

/// Processed and rejected rows from the raw files.
LineageFacts lineage_facts(const Dataset& dataset, const TransformOutcome& outcome) {
  LineageFacts facts;
  facts.inputs = lineage_inputs(dataset, outcome.files);
  const auto output = [&](const std::filesystem::path& file, LineageColumns columns,
                          std::int64_t rows) {
    facts.outputs.push_back(
        {.name = file_name(file), .source = "file", .columns = std::move(columns), .rows = rows});
  };
  output(outcome.processed, processed_from_raw(dataset), outcome.rows.processed);
  output(outcome.rejected, rejected_from_raw(dataset), outcome.rows.rejected);
  return facts;
}

/// Leaves out the files whose content the live version holds.
Result<> skip_taken(Warehouse& warehouse, const DatasetId& id, std::vector<SourceFile>& files) {
  const auto live = TRY(warehouse.live(id));
  if (!live) return {};
  const VersionSummary version = TRY(warehouse.version(id, *live));
  std::set<std::string> taken;
  for (const Part& part : version.manifest.parts) {
    for (const SourceFile& file : part.files) taken.insert(file.sha256);
  }
  std::erase_if(files, [&](const SourceFile& file) { return taken.contains(file.sha256); });
  return {};
}

class TransformCommand final : public Command {
 public:
  void declare(Flags& flags) override {
    flags.add("--input,-i", inputs_, "A file, a glob, or a folder; repeatable");
    flags.add("--out,-o", out_, "Folder for processed, rejected and manifest.json");
    flags.add("--format", format_, "parquet (what load takes) or csv (the table alone)");
    flags.add_switch("--skip-unchanged", skip_unchanged_,
                     "Exit with 99 where every file is taken already");
    engine_.declare(flags);
    lineage_.declare(flags);
  }

  Result<ExitCode> execute(Session& session) override {
    if (inputs_.empty() || out_.empty()) {
      return fail(ErrorKind::kUsage,
                  "transform needs --input (raw files) and --out (a folder for its outputs)");
    }
    if (format_ != "parquet" && format_ != "csv") {
      return fail(ErrorKind::kUsage, "--format is parquet or csv, not {}", format_);
    }
    TransformToFolder request;
    request.dataset = TRY(session.dataset());
    Inputs inputs =
        TRY(resolve_inputs(inputs_, request.dataset.source.format, {}, session.control()));
    const DatasetId id{request.dataset.domain, request.dataset.dataset};
    if (!session.flags().warehouse.empty()) {
      const auto warehouse = TRY(session.warehouse());
      TRY(skip_taken(*warehouse, id, inputs.files));
    }
    if (inputs.files.empty()) {
      session.print({{"published", false}, {"rows", rows_json({})}},
                    "every file is taken already: nothing was written\n");
      return skip_unchanged_ ? ExitCode::kNothingNew : ExitCode::kDone;
    }
    request.files = std::move(inputs.files);
    request.out = out_;
    request.format = format_ == "csv" ? OutputFormat::kCsv : OutputFormat::kParquet;
    request.run_id = session.run_id();
    request.warnings = std::move(inputs.warnings);
    const auto engine = TRY(Session::engine(engine_));
    LineageRun lineage =
        TRY(LineageRun::begin(session, lineage_, request.dataset, "transform", engine->name()));
    const auto transformed = transform_to_folder(request, *engine, session.control());
    if (!transformed) return lineage.failed(transformed.error());
    const TransformManifest& manifest = *transformed;
    lineage.complete(lineage_facts(request.dataset, manifest.outcome));
    for (const std::string& warning : manifest.warnings) session.warn(warning);
    session.print(transform_json(request.dataset, manifest),
                  transform_text(request.dataset, manifest));
    return ExitCode::kDone;
  }

 private:
  std::vector<std::string> inputs_;
  std::string out_;
  std::string format_ = "parquet";
  bool skip_unchanged_ = false;
  EngineFlags engine_;
  LineageFlags lineage_;
};

}  // namespace

std::unique_ptr<Command> make_transform_command() {
  return std::make_unique<TransformCommand>();
}

}  // namespace voucher
