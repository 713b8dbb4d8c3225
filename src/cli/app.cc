#include "cli/app.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>

#include "base/suggest.h"
#include "base/version.h"
#include "cli/arguments.h"
#include "cli/command.h"
#include "cli/stop_signals.h"

namespace voucher {
namespace {

Error unknown_command(const std::string& name) {
  std::vector<std::string> names;
  for (const CommandEntry& entry : commands()) names.emplace_back(entry.name);
  return {
      ErrorKind::kUsage,
      fmt::format("no command '{}'{}: voucher --help lists them", name, did_you_mean(name, names)),
      {}};
}

/// Every flag of every command, without "--": what voucher.yaml may set.
std::vector<std::string> all_flags(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    for (const std::string& name : flag_names(*sub)) names.push_back(name.substr(2));
  }
  std::ranges::sort(names);
  names.erase(std::ranges::unique(names).begin(), names.end());
  return names;
}

void parse(CLI::App& app, std::vector<std::string> arguments) {
  std::ranges::reverse(arguments);  // CLI11 takes them from the back
  app.parse(arguments);
}

/// Parses one command's arguments (its name first), with the project's defaults, and runs it.
Result<ExitCode> run_command(CLI::App& app, const CLI::App& sub, Command& command,
                             const SharedFlags& common, const std::vector<std::string>& arguments,
                             const std::stop_token& stop) {
  try {
    parse(app, arguments);
  } catch (const CLI::ParseError&) {
    // A mistyped flag leaves its value to be taken for something else: the flag is the mistake.
    TRY(refuse_unknown_flags(sub, arguments));
    throw;
  }
  TRY(refuse_remaining(sub));
  const std::vector<std::string> known_flags = all_flags(app);
  const auto project = Session(common, known_flags, stop).project();
  // A command that needs a project says so itself; a mistaken voucher.yaml is everybody's.
  if (!project && project.error().kind == ErrorKind::kRefused)
    return std::unexpected(project.error());
  if (project && !project->flag_defaults.empty())
    parse(app, with_defaults(arguments, sub, project->flag_defaults));
  Session session(common, known_flags, stop);
  return command.execute(session);
}

}  // namespace

int report_error(std::string_view program, const Error& error) {
  fmt::print(stderr, "{}: {}\n", program, error.message);
  for (const std::string& detail : error.details) fmt::print(stderr, "  {}\n", detail);
  std::fflush(stderr);
  return static_cast<int>(exit_code(error.kind));
}

int run_voucher(int argc, const char* const* argv) {
  const StopSignals signals;
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  CLI::App app("One definition, one answer: voucher history to live, explainable decisions",
               "voucher");
  app.set_version_flag("--version", std::string(kToolVersion));
  app.require_subcommand(1);
  app.footer(
      "Every flag has an environment twin: --memory-limit is VOUCHER_MEMORY_LIMIT.\nvoucher "
      "COMMAND --help tells more.");
  SharedFlags common;
  std::vector<std::unique_ptr<Command>> made;
  CLI::App* chosen = nullptr;
  Command* command = nullptr;
  const std::string name = arguments.empty() ? "" : arguments.front();
  for (const CommandEntry& entry : commands()) {
    CLI::App* sub = app.add_subcommand(entry.name, entry.summary);
    sub->allow_extras();
    Flags flags(*sub);
    made.push_back(entry.make());
    made.back()->declare(flags);
    flags.add_shared(common);
    if (name != entry.name) continue;
    chosen = sub;
    command = made.back().get();
  }
  if (chosen == nullptr && !name.empty() && !name.starts_with("-"))
    return report_error("voucher", unknown_command(name));
  if (arguments.empty()) {
    fmt::print("{}", app.help());
    return static_cast<int>(ExitCode::kUsage);
  }
  try {
    if (chosen == nullptr) {
      app.parse(argc, argv);
      return static_cast<int>(ExitCode::kUsage);
    }
    const auto code = run_command(app, *chosen, *command, common, arguments, signals.token());
    return code ? static_cast<int>(*code) : report_error("voucher " + name, code.error());
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);
    return report_error("voucher " + name, {ErrorKind::kUsage, error.what(), {}});
  }
}

}  // namespace voucher
