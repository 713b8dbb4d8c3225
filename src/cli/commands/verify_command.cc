#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/commands/entries.h"
#include "cli/report.h"
#include "pipeline/load.h"
#include "pipeline/verify.h"

namespace voucher {
namespace {

using nlohmann::ordered_json;

class VerifyCommand final : public Command {
 public:
  void declare(Flags& flags) override {
    flags.add("--version", version_, "Version to verify (default: the newest unpublished)");
  }

  Result<ExitCode> execute(Session& session) override {
    const DatasetId id = TRY(session.dataset_id());
    const auto warehouse = TRY(session.warehouse());
    const auto lock = TRY(warehouse->lock(id, "verify " + session.run_id()));
    const VersionNumber version = version_ > 0 ? version_ : TRY(newest_unpublished(*warehouse, id));
    const VerifyOutcome outcome = TRY(verify_version(*warehouse, id, version, session.control()));
    ordered_json document = version_reference(id, version);
    document["inputs"] = outcome.inputs;
    document["choices"] = outcome.choices;
    document["seconds"] = outcome.seconds;
    session.print(
        document,
        fmt::format("{}/{} version {} is verified: {} distinct inputs and {} choices agree\n",
                    id.domain, id.dataset, version, outcome.inputs, outcome.choices));
    return ExitCode::kDone;
  }

 private:
  VersionNumber version_ = 0;
};

}  // namespace

std::unique_ptr<Command> make_verify_command() {
  return std::make_unique<VerifyCommand>();
}

}  // namespace voucher
