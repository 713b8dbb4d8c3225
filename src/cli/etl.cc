#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "cli/app.h"
#include "cli/arguments.h"
#include "cli/exit_code.h"
#include "cli/report.h"
#include "cli/session.h"
#include "cli/stop_signals.h"
#include "pipeline/inputs.h"
#include "pipeline/transform.h"

namespace voucher {
namespace {

namespace fs = std::filesystem;

struct EtlFlags {
  std::string raw = "data/raw";
  std::string processed = "data/processed";
  SharedFlags common;
  EngineFlags engine;
};

void declare(CLI::App& app, EtlFlags& etl) {
  Flags flags(app);
  flags.add("--domain,-D", etl.common.domain, "Business area, e.g. customer");
  flags.add("--dataset,-d", etl.common.dataset, "Kind of data in it, e.g. voucher");
  flags.add("--raw-basepath,-r", etl.raw, "Raw files are in RAW/<domain>/<dataset>/");
  flags.add("--processed-basepath,-t", etl.processed, "CSV goes to PROCESSED/<domain>/<dataset>/");
  flags.add("--project", etl.common.project,
            "Folder with domains/ (default: the nearest upwards, else the installed one)");
  flags.add("--run-id", etl.common.run_id, "Name of this run in the manifest");
  flags.add_switch("--json", etl.common.json, "One JSON document on stdout");
  flags.add_switch("--quiet", etl.common.quiet, "No progress on stderr");
  etl.engine.declare(flags);
  app.allow_extras();
}

Result<ExitCode> run(const CLI::App& app, EtlFlags& etl, const std::stop_token& stop) {
  TRY(refuse_remaining(app));
  if (etl.common.domain.empty() || etl.common.dataset.empty()) {
    return fail(ErrorKind::kUsage,
                "voucher_etl needs --domain and --dataset, e.g. -D customer -d voucher");
  }
  Session session(etl.common, {}, stop);
  TransformToFolder request;
  request.dataset = TRY(session.dataset());
  const fs::path place = fs::path(etl.common.domain) / etl.common.dataset;
  const std::vector<std::string> raw{(fs::path(etl.raw) / place).string()};
  Inputs inputs = TRY(resolve_inputs(raw, request.dataset.source.format, {}, session.control()));
  request.files = std::move(inputs.files);
  request.warnings = std::move(inputs.warnings);
  request.out = fs::path(etl.processed) / place;
  request.format = OutputFormat::kCsv;
  request.run_id = session.run_id();
  const auto engine = TRY(Session::engine(etl.engine));
  const TransformManifest manifest = TRY(transform_to_folder(request, *engine, session.control()));
  for (const std::string& warning : manifest.warnings) session.warn(warning);
  const TransformOutcome& outcome = manifest.outcome;
  session.print({{"rows", rows_json(outcome.rows)}, {"processed", outcome.processed.string()}},
                rows_text(outcome.rows) + fmt::format("\n  {}\n", outcome.processed.string()));
  return ExitCode::kDone;
}

}  // namespace

int run_voucher_etl(int argc, const char* const* argv) {
  const StopSignals signals;
  CLI::App app("Raw files to clean, segmented CSV", "voucher_etl");
  EtlFlags etl;
  declare(app, etl);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);
    return report_error("voucher_etl", {ErrorKind::kUsage, error.what(), {}});
  }
  const auto code = run(app, etl, signals.token());
  return code ? static_cast<int>(*code) : report_error("voucher_etl", code.error());
}

}  // namespace voucher
