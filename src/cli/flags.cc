#include "cli/flags.h"

#include <CLI/CLI.hpp>
#include <algorithm>

namespace voucher {
namespace {

/// Gives an option its environment twin: --memory-limit is VOUCHER_MEMORY_LIMIT.
void add_twin(CLI::Option* option, const std::string& names) {
  std::string name = names.substr(2, names.find(',') - 2);
  std::ranges::transform(name, name.begin(), [](char c) {
    if (c == '-') return '_';
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  option->envname("VOUCHER_" + name);
}

template <class T>
void add_valued(CLI::App& app, const std::string& names, T& target, const std::string& help,
                bool has_default) {
  CLI::Option* option = app.add_option(names, target, help);
  if (has_default) option->capture_default_str();
  add_twin(option, names);
}

}  // namespace

void Flags::add(const std::string& names, std::string& target, const std::string& help) {
  add_valued(app_, names, target, help, !target.empty());
}

void Flags::add(const std::string& names, std::vector<std::string>& target,
                const std::string& help) {
  // One value an occurrence: what follows is the next flag or argument.
  add_twin(app_.add_option(names, target, help)->allow_extra_args(false), names);
}

void Flags::add(const std::string& names, std::int64_t& target, const std::string& help) {
  add_valued(app_, names, target, help, target != 0);
}

void Flags::add(const std::string& names, std::uint64_t& target, const std::string& help) {
  add_valued(app_, names, target, help, target != 0);
}

void Flags::add(const std::string& names, unsigned& target, const std::string& help) {
  add_valued(app_, names, target, help, target != 0);
}

void Flags::add_switch(const std::string& names, bool& target, const std::string& help) {
  add_twin(app_.add_flag(names, target, help), names);
}

void Flags::add_argument(const std::string& name, std::string& target, const std::string& help) {
  app_.add_option(name, target, help);
}

void Flags::add_argument(const std::string& name, std::int64_t& target, const std::string& help) {
  app_.add_option(name, target, help);
}

void Flags::add_arguments(const std::string& name, std::vector<std::string>& target,
                          const std::string& help) {
  app_.add_option(name, target, help);
}

void Flags::add_shared(SharedFlags& common) {
  add("--domain,-D", common.domain, "Business area, e.g. customer");
  add("--dataset,-d", common.dataset,
      "Kind of data in it, e.g. voucher; optional where the project holds one");
  add("--project", common.project,
      "Folder with voucher.yaml or domains/ (default: the nearest upwards)");
  add("--warehouse", common.warehouse,
      "duckdb:DIR or postgresql://USER@HOST/DATABASE (default: duckdb:data/warehouse in the "
      "project)");
  add("--run-id", common.run_id,
      "Name of this run in manifests and logs (default: made from time and process)");
  add_switch("--json", common.json, "One JSON document on stdout");
  add_switch("--quiet", common.quiet, "No progress on stderr");
}

void EngineFlags::declare(Flags& flags) {
  flags.add("--engine", engine, "duckdb");
  flags.add("--threads", threads, "Threads of the engine (default: one per core)");
  flags.add("--memory-limit", memory_limit,
            "Memory of the engine, e.g. 512MB or 4GB; beyond it, it spills to disk");
  flags.add("--spill-directory", spill_directory, "Where it spills (default: beside the output)");
}

}  // namespace voucher
