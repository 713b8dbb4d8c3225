#include <nlohmann/json.hpp>

#include "base/files.h"
#include "cli/commands/entries.h"
#include "pipeline/plan.h"
#include "report/plan_html.h"
#include "report/plan_json.h"
#include "report/plan_text.h"

namespace voucher {
namespace {

class PlanCommand final : public Command {
 public:
  void declare(Flags& flags) override {
    flags.add("--input,-i", inputs_,
              "New raw data too: a file, a glob, or a folder; repeatable (default: the live "
              "version's own rows)");
    flags.add_switch("--full-refresh", full_refresh_,
                     "The version would hold exactly this command's files");
    flags.add_switch("--replace", replace_, "As for run: a changed file's old rows would leave");
    flags.add_switch("--append", append_, "As for run: a changed file's old rows would stay");
    flags.add("--html", html_, "Write the plan to this file too, as one page");
    engine_.declare(flags);
  }

  Result<ExitCode> execute(Session& session) override {
    RunRequest request = TRY(run_request(session));
    const auto engine = TRY(Session::engine(engine_));
    const auto warehouse = TRY(session.warehouse());
    const PlannedChange planned = TRY(plan_run(request, *engine, *warehouse, session.control()));
    for (const std::string& warning : planned.warnings) session.warn(warning);
    const PlanReport report = compare_states(planned);
    if (!html_.empty()) {
      TRY(replace_file(
          html_, plan_html(report, {format_iso(session.clock().now()), Session::user_at_host()})));
    }
    session.print(plan_json(report), plan_text(report));
    return report.changes() ? ExitCode::kChanges : ExitCode::kDone;
  }

 private:
  Result<RunRequest> run_request(const Session& session) const {
    if (replace_ && append_)
      return fail(ErrorKind::kUsage, "--replace and --append exclude each other");
    if (full_refresh_ && inputs_.empty())
      return fail(ErrorKind::kUsage, "--full-refresh needs --input: the files of the version");
    RunRequest request;
    request.dataset = TRY(session.dataset());
    request.inputs = inputs_;
    request.full_refresh = full_refresh_;
    request.changed_files = replace_  ? ChangedFile::kReplace
                            : append_ ? ChangedFile::kAppend
                                      : ChangedFile::kRefuse;
    request.run_id = session.run_id();
    request.by = Session::user_at_host();
    return request;
  }

  std::vector<std::string> inputs_;
  bool full_refresh_ = false;
  bool replace_ = false;
  bool append_ = false;
  std::string html_;
  EngineFlags engine_;
};

}  // namespace

std::unique_ptr<Command> make_plan_command() {
  return std::make_unique<PlanCommand>();
}

}  // namespace voucher
