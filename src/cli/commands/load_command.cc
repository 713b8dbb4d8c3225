#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/commands/entries.h"
#include "cli/lineage_run.h"
#include "cli/report.h"
#include "lineage/columns.h"
#include "pipeline/load.h"
#include "warehouse/embedded/embedded_warehouse.h"

namespace voucher {
namespace {

using nlohmann::ordered_json;

/// The processed rows that a load takes.
std::vector<LineageInput> processed_input(const Dataset& dataset, const std::string& folder) {
  LineageInput input;
  input.name = file_name(std::filesystem::path(folder) / "processed.parquet");
  input.schema = table_from_processed(dataset).schema;
  return {std::move(input)};
}

class LoadCommand final : public Command {
 public:
  void declare(Flags& flags) override {
    flags.add("--from,--processed", from_, "Folder that `voucher transform` wrote");
    flags.add_switch("--full-refresh", full_refresh_, "The version holds exactly these files");
    flags.add_switch("--append", append_,
                     "Take files that changed since they were taken beside their old rows");
    flags.add_switch("--relink", relink_,
                     "Renew the SQL views' paths after the warehouse was moved; loads nothing");
    lineage_.declare(flags);
  }

  Result<ExitCode> execute(Session& session) override {
    if (relink_) return relink(session);
    if (from_.empty())
      return fail(ErrorKind::kUsage,
                  "load needs --from: the folder that `voucher transform` wrote");
    LoadFolderRequest request;
    request.dataset = TRY(session.dataset());
    request.folder = from_;
    request.full_refresh = full_refresh_;
    request.append = append_;
    request.run_id = session.run_id();
    request.by = Session::user_at_host();
    const auto warehouse = TRY(session.warehouse());
    LineageRun lineage = TRY(LineageRun::begin(session, lineage_, request.dataset, "load", ""));
    const auto loaded = load_folder(request, *warehouse, session.control());
    if (!loaded) return lineage.failed(loaded.error());
    const VersionManifest& manifest = *loaded;
    lineage.complete(
        {processed_input(request.dataset, from_),
         lineage_outputs(session, request.dataset, manifest,
                         {.rows = manifest.new_rows.processed, .from_processed = true})});
    for (const std::string& warning : manifest.warnings) session.warn(warning);
    ordered_json document =
        version_reference({manifest.domain, manifest.dataset}, manifest.version);
    document["snapshot"] = named_hash(manifest.snapshot);
    document["rows"] = rows_json(manifest.rows);
    document["new"] = {{"rows", rows_json(manifest.new_rows)}};
    session.print(document,
                  fmt::format("{} version {} is loaded, not yet verified\n\n{}",
                              request.dataset.id(), manifest.version, rows_text(manifest.rows)));
    return ExitCode::kDone;
  }

 private:
  static Result<ExitCode> relink(Session& session) {
    const DatasetId id = TRY(session.dataset_id());
    const std::string root = TRY(session.embedded_root());
    const auto warehouse = TRY(session.warehouse());
    const auto lock = TRY(warehouse->lock(id, "relink"));
    TRY(relink_embedded_warehouse(root, id));
    session.print({{"relinked", true}}, "the views name the parts at their new place\n");
    return ExitCode::kDone;
  }

  std::string from_;
  bool full_refresh_ = false;
  bool append_ = false;
  bool relink_ = false;
  LineageFlags lineage_;
};

}  // namespace

std::unique_ptr<Command> make_load_command() {
  return std::make_unique<LoadCommand>();
}

}  // namespace voucher
