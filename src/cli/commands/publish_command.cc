#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/commands/entries.h"
#include "cli/report.h"
#include "pipeline/load.h"

namespace voucher {
namespace {

using nlohmann::ordered_json;

class PublishCommand final : public Command {
 public:
  void declare(Flags& flags) override {
    flags.add("--version", version_, "Version to publish (default: the newest unpublished)");
    flags.add("--why", why_, "Reason, kept in the history");
  }

  Result<ExitCode> execute(Session& session) override {
    const Dataset dataset = TRY(session.dataset());
    const DatasetId id{dataset.domain, dataset.dataset};
    const auto warehouse = TRY(session.warehouse());
    const VersionNumber version = version_ > 0 ? version_ : TRY(newest_unpublished(*warehouse, id));
    TRY(publish_version(*warehouse, id, version, Session::user_at_host(), why_,
                        dataset.warehouse.keep));
    ordered_json document = version_reference(id, version);
    document["published"] = true;
    session.print(document, fmt::format("{} version {} is published\n", dataset.id(), version));
    return ExitCode::kDone;
  }

 private:
  VersionNumber version_ = 0;
  std::string why_ = "publish";
};

}  // namespace

std::unique_ptr<Command> make_publish_command() {
  return std::make_unique<PublishCommand>();
}

}  // namespace voucher
