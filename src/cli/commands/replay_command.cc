#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/files.h"
#include "cli/commands/entries.h"
#include "cli/replay_report.h"
#include "definition/load.h"
#include "pipeline/staging_folder.h"
#include "pipeline/work.h"
#include "replay/targets.h"

namespace voucher {
namespace {

namespace fs = std::filesystem;
using SteadyClock = std::chrono::steady_clock;

double seconds_since(SteadyClock::time_point begin) {
  return std::chrono::duration<double>(SteadyClock::now() - begin).count();
}

/// All files of a replay, one after another.
class LogReader {
 public:
  LogReader(Session& session, Replay& replay) : session_(session), replay_(replay) {}

  Result<> read(const std::vector<std::string>& files) {
    std::vector<LineStream> streams;  // a file that is missing is told before any is read
    for (const std::string& file : files) {
      streams.push_back(TRY(LineStream::open(file)));
      bytes_ = streams.back().bytes() > 0 && bytes_
                   ? std::optional(*bytes_ + streams.back().bytes())
                   : std::nullopt;
    }
    for (std::size_t i = 0; i < files.size(); ++i) {
      TRY(read_one(files[i] == "-" ? "standard input" : files[i], streams[i]));
      bytes_done_ += streams[i].bytes_read();
    }
    report(0, true);
    return {};
  }

 private:
  Result<> read_one(const std::string& name, LineStream& stream) {
    constexpr std::int64_t kLinesBetweenLooks = 1 << 14;
    while (const auto line = TRY(stream.next())) {
      TRY(replay_.replay(name, *line));
      if (line->number % kLinesBetweenLooks != 0) continue;
      if (control_.stop.stop_requested())
        return fail(ErrorKind::kInterrupted, "interrupted; nothing was changed");
      report(stream.bytes_read(), false);
    }
    return {};
  }

  void report(std::int64_t bytes, bool finished) const {
    const std::optional<double> share =
        bytes_ && *bytes_ > 0
            ? std::optional(static_cast<double>(bytes_done_ + bytes) / static_cast<double>(*bytes_))
            : std::nullopt;
    control_.report({"replay", share, replay_.report().lines, finished, seconds_since(begin_)});
  }

  Session& session_;
  Replay& replay_;
  JobControl control_ = session_.control();
  std::optional<std::int64_t> bytes_ = 0;  ///< of all files; nullopt: not known
  std::int64_t bytes_done_ = 0;
  SteadyClock::time_point begin_ = SteadyClock::now();
};

class ReplayCommand final : public Command {
 public:
  void declare(Flags& flags) override {
    flags.add_arguments("files", files_, "Decision logs, in any order; - is standard input");
    flags.add("--version", version_,
              "Version that must give the same answers (default: the one that each line names)");
    flags.add(
        "--against", against_,
        "What would another state answer? A version's number, live, or working (the project's "
        "definition): the differences, exit 0");
    flags.add("--definition", definition_, "As --against working, with this definition file");
    engine_.declare(flags);
    flags.add("--show", show_, "How many differences to print in full");
  }

  Result<ExitCode> execute(Session& session) override {
    if (files_.empty())
      return fail(ErrorKind::kUsage,
                  "replay needs a file that `voucher serve --decision-log` wrote");
    if ((version_ > 0) + !against_.empty() + !definition_.empty() > 1)
      return fail(ErrorKind::kUsage, "replay takes one of --version, --against and --definition");
    const auto warehouse = TRY(session.warehouse());
    VersionTargets targets(*warehouse);
    ReplayFrame frame;
    ReplayOptions options;
    options.shown = static_cast<std::size_t>(show_);
    FindTarget find = [&targets](const LoggedLine& line) {
      return targets.find({std::string(line.domain), std::string(line.dataset)}, line.version);
    };
    std::unique_ptr<const ReplayTarget> working;
    if (against_ == "working" || !definition_.empty()) {
      const Dataset dataset = TRY(working_definition(session));
      options.only = DatasetId{dataset.domain, dataset.dataset};
      options.same_version = false;
      working = std::make_unique<const ReplayTarget>(
          TRY(working_snapshot(session, dataset, *warehouse)), "");
      frame.against = "the working definition";
      find = [target = working.get()](const LoggedLine&) -> Result<const ReplayTarget*> {
        return target;
      };
    } else if (version_ > 0 || !against_.empty()) {
      options.only = TRY(session.dataset_id());
      options.same_version = false;
      const ReplayTarget* target = TRY(chosen(*warehouse, targets, *options.only, frame));
      find = [target](const LoggedLine&) -> Result<const ReplayTarget*> { return target; };
    } else if (!session.flags().domain.empty() || !session.flags().dataset.empty()) {
      options.only = TRY(session.dataset_id());
    }
    Replay replay(std::move(find), options);
    const auto begin = SteadyClock::now();
    TRY(LogReader(session, replay).read(files_));
    frame.seconds = seconds_since(begin);
    return conclude(session, replay.report(), frame);
  }

 private:
  [[nodiscard]] Result<Dataset> working_definition(const Session& session) const {
    if (definition_.empty()) return session.dataset();
    return load_definition(fs::path(definition_));
  }

  /// The history of the live version under another definition, as a run would make it.
  Result<Snapshot> working_snapshot(Session& session, const Dataset& dataset,
                                    Warehouse& warehouse) const {
    const DatasetId id{dataset.domain, dataset.dataset};
    const auto live = TRY(read_live_manifest(warehouse, id));
    if (!live)
      return fail(ErrorKind::kUnavailable, "{} has no published version to judge", dataset.id());
    const StagingFolder scratch(fs::temp_directory_path() /
                                fmt::format("voucher-replay-{}", ::getpid()));
    TRY(create_folder(scratch.path()));
    const auto engine = TRY(Session::engine(engine_));
    RunRequest request;
    request.dataset = dataset;
    request.run_id = session.run_id();
    const PreparedWork work =
        TRY(prepare_work(request, live, *engine, warehouse, scratch.path(), session.control()));
    if (work.nothing_new) return warehouse.snapshot(id, live->version);
    const fs::path preview = scratch.path() / "preview";
    TRY(create_folder(preview));
    return TRY(warehouse.preview(work.load, preview, session.control())).snapshot;
  }

  /// The version that --version or --against names.
  Result<const ReplayTarget*> chosen(Warehouse& warehouse, VersionTargets& targets,
                                     const DatasetId& id, ReplayFrame& frame) const {
    VersionNumber number = version_;
    if (against_ == "live") {
      const auto live = TRY(warehouse.live(id));
      if (!live)
        return fail(ErrorKind::kUnavailable, "{}/{} has no published version", id.domain,
                    id.dataset);
      number = *live;
    } else if (!against_.empty()) {
      const char* end = against_.data() + against_.size();
      const auto [stop, failure] = std::from_chars(against_.data(), end, number);
      if (failure != std::errc() || stop != end || number < 1)
        return fail(ErrorKind::kUsage, "--against is a version's number, live or working, not '{}'",
                    against_);
    }
    frame.against = fmt::format("version {}", number);
    const ReplayTarget* target = TRY(targets.find(id, number));
    if (target == nullptr) TRY(warehouse.version(id, number));
    return target;
  }

  Result<ExitCode> conclude(Session& session, const ReplayReport& report,
                            const ReplayFrame& frame) const {
    for (const OddLine& line : report.torn)
      session.warn(fmt::format("{}:{}: {}, and left out", line.file, line.number, line.problem));
    if (report.decisions == 0 && report.other_datasets > 0)
      session.warn("no line is of this dataset: -D and -d name another");
    const bool informative = !against_.empty() || !definition_.empty();
    session.print(replay_json(report, frame), replay_text(report, frame, informative));
    const bool alike = report.different() == 0 && report.malformed == 0;
    return alike || informative ? ExitCode::kDone : ExitCode::kRefused;
  }

  std::vector<std::string> files_;
  VersionNumber version_ = 0;
  std::string against_;
  std::string definition_;
  EngineFlags engine_;
  std::int64_t show_ = 10;
};

}  // namespace

std::unique_ptr<Command> make_replay_command() {
  return std::make_unique<ReplayCommand>();
}

}  // namespace voucher
