#include "cli/arguments.h"

#include <algorithm>
#include <cstdlib>

#include "base/suggest.h"

namespace voucher {
namespace {

bool is_given(const std::vector<std::string>& arguments, const CLI::Option& option) {
  const auto names_option = [&](const std::string& argument) {
    const std::string flag = argument.substr(0, argument.find('='));
    const bool is_long = std::ranges::any_of(option.get_lnames(),
                                             [&](const auto& name) { return flag == "--" + name; });
    const bool is_short = std::ranges::any_of(option.get_snames(), [&](const auto& name) {
      return argument.starts_with("-" + name) && !argument.starts_with("--");
    });
    return is_long || is_short;
  };
  return std::ranges::any_of(arguments, names_option);
}

}  // namespace

std::vector<std::string> flag_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

std::vector<std::string> with_defaults(std::vector<std::string> arguments, const CLI::App& app,
                                       const std::map<std::string, std::string>& defaults) {
  std::vector<std::string> added;
  for (const auto& [flag, value] : defaults) {
    const CLI::Option* option = app.get_option_no_throw("--" + flag);
    if (option == nullptr || is_given(arguments, *option)) continue;
    const char* twin =
        option->get_envname().empty() ? nullptr : std::getenv(option->get_envname().c_str());
    if (twin != nullptr && *twin != '\0') continue;
    added.push_back(fmt::format("--{}={}", flag, value));
  }
  arguments.insert(arguments.end(), added.begin(), added.end());
  return arguments;
}

namespace {

std::unexpected<Error> unknown_flag(const CLI::App& app, const std::string& word) {
  const std::string name = word.substr(0, word.find('='));
  return fail(ErrorKind::kUsage, "{} has no flag {}{}: voucher {} --help lists them",
              app.get_name(), name, did_you_mean(name, flag_names(app)), app.get_name());
}

}  // namespace

Result<> refuse_unknown_flags(const CLI::App& app, const std::vector<std::string>& arguments) {
  const std::vector<std::string> known = flag_names(app);
  for (const std::string& word : arguments) {
    if (word == "--") break;
    const bool is_known = std::ranges::find(known, word.substr(0, word.find('='))) != known.end();
    if (word.starts_with("--") && !is_known) return unknown_flag(app, word);
  }
  return {};
}

Result<> refuse_remaining(const CLI::App& app) {
  const std::vector<std::string> remaining = app.remaining();
  if (remaining.empty()) return {};
  const auto flag = std::ranges::find_if(
      remaining, [](const std::string& word) { return word.starts_with("-"); });
  if (flag == remaining.end()) {
    return fail(ErrorKind::kUsage, "{} does not take the argument '{}'", app.get_name(),
                remaining.front());
  }
  return unknown_flag(app, *flag);
}

}  // namespace voucher
