#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/commands/entries.h"
#include "cli/report.h"

namespace voucher {
namespace {

using nlohmann::ordered_json;

struct Published {
  const Publication* publication;
  bool live;
};

/// Every publication of the versions that are kept, oldest first.
std::vector<Published> publications_of(const std::vector<VersionSummary>& versions) {
  std::vector<Published> list;
  for (const VersionSummary& version : versions) {
    for (const Publication& publication : version.publications) {
      const bool last = &publication == &version.publications.back();
      list.push_back({&publication, version.live && last});
    }
  }
  std::ranges::sort(list, {}, [](const Published& one) { return one.publication->at; });
  return list;
}

std::string seconds_of(Timestamp instant) {
  return format_iso(instant).substr(0, 19);
}

std::string versions_text(const std::vector<VersionSummary>& versions) {
  if (versions.empty()) return "no version yet: `voucher run` makes the first\n";
  std::vector<std::vector<std::string>> table{{"version", "state", "raw", "processed", "rejected",
                                               "duplicates", "loaded", "by", "snapshot"}};
  for (const VersionSummary& version : versions) {
    const VersionManifest& manifest = version.manifest;
    table.push_back({std::to_string(manifest.version),
                     version.live ? "live" : std::string(to_string(version.state)),
                     with_thousands(manifest.rows.raw), with_thousands(manifest.rows.processed),
                     with_thousands(manifest.rows.rejected),
                     with_thousands(manifest.rows.duplicates), seconds_of(manifest.loaded_at),
                     manifest.loaded_by, manifest.snapshot.substr(0, 12)});
  }
  std::vector<std::vector<std::string>> history{
      {"published", "version", "in place of", "by", "why", ""}};
  for (const auto& [publication, live] : publications_of(versions)) {
    history.push_back({seconds_of(publication->at), std::to_string(publication->version),
                       publication->replaced ? std::to_string(*publication->replaced) : "",
                       publication->by, publication->why, live ? "live" : ""});
  }
  return table_text(table) + (history.size() > 1 ? "\n" + table_text(history) : "");
}

class VersionsCommand final : public Command {
 public:
  void declare(Flags& /*flags*/) override {}

  Result<ExitCode> execute(Session& session) override {
    const DatasetId id = TRY(session.dataset_id());
    const auto warehouse = TRY(session.warehouse());
    const auto versions = TRY(warehouse->versions(id));
    ordered_json list = ordered_json::array();
    for (const VersionSummary& version : versions) list.push_back(version_json(version));
    session.print({{"domain", id.domain}, {"dataset", id.dataset}, {"versions", std::move(list)}},
                  versions_text(versions));
    return ExitCode::kDone;
  }
};

}  // namespace

std::unique_ptr<Command> make_versions_command() {
  return std::make_unique<VersionsCommand>();
}

}  // namespace voucher
