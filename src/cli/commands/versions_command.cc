#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/commands/entries.h"
#include "cli/report.h"

namespace voucher {
namespace {

using nlohmann::ordered_json;

class VersionsCommand final : public Command {
 public:
  void declare(Flags& /*flags*/) override {}

  Result<ExitCode> execute(Session& session) override {
    const DatasetId id = TRY(session.dataset_id());
    const auto warehouse = TRY(session.warehouse());
    ordered_json list = ordered_json::array();
    std::vector<std::vector<std::string>> table{
        {"version", "state", "processed", "loaded", "by", "snapshot", "live since"}};
    for (const VersionSummary& version : TRY(warehouse->versions(id))) {
      list.push_back(version_json(version));
      const VersionManifest& manifest = version.manifest;
      table.push_back(
          {std::to_string(manifest.version), std::string(to_string(version.state)),
           with_thousands(manifest.rows.processed), format_iso(manifest.loaded_at).substr(0, 19),
           manifest.loaded_by, manifest.snapshot.substr(0, 12),
           version.live ? format_iso(version.publications.back().at).substr(0, 19) : ""});
    }
    const std::string text =
        table.size() > 1 ? table_text(table) : "no version yet: `voucher run` makes the first\n";
    session.print({{"domain", id.domain}, {"dataset", id.dataset}, {"versions", std::move(list)}},
                  text);
    return ExitCode::kDone;
  }
};

}  // namespace

std::unique_ptr<Command> make_versions_command() {
  return std::make_unique<VersionsCommand>();
}

}  // namespace voucher
