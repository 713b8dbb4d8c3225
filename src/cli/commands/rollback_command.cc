#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/commands/entries.h"
#include "cli/report.h"
#include "pipeline/load.h"

namespace voucher {
namespace {

using nlohmann::ordered_json;

class RollbackCommand final : public Command {
 public:
  void declare(Flags& flags) override {
    flags.add_argument("version", version_,
                       "Version to go back to (default: the one that was live before)");
    flags.add("--why", why_, "Reason, kept in the history");
  }

  Result<ExitCode> execute(Session& session) override {
    const DatasetId id = TRY(session.dataset_id());
    const auto warehouse = TRY(session.warehouse());
    const VersionNumber version = version_ > 0 ? version_ : TRY(previous_version(*warehouse, id));
    const VersionSummary target = TRY(warehouse->version(id, version));
    if (target.publications.empty()) {
      return fail(ErrorKind::kRefused,
                  "version {} was never published: `voucher publish --version {}` does that",
                  version, version);
    }
    TRY(publish_version(*warehouse, id, version, Session::user_at_host(), why_,
                        target.manifest.names.keep));
    ordered_json document = version_reference(id, version);
    document["published"] = true;
    session.print(document,
                  fmt::format("{}/{} is back on version {}\n", id.domain, id.dataset, version));
    return ExitCode::kDone;
  }

 private:
  VersionNumber version_ = 0;
  std::string why_ = "rollback";
};

}  // namespace

std::unique_ptr<Command> make_rollback_command() {
  return std::make_unique<RollbackCommand>();
}

}  // namespace voucher
