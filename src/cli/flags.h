// Flags of a command: each has its VOUCHER_<FLAG> environment twin, and those that all commands
// share are declared in one place.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace CLI {  // NOLINT(readability-identifier-naming): the library's own
class App;
class Option;
}  // namespace CLI

namespace voucher {

/// What every command accepts.
struct SharedFlags {
  std::string domain;
  std::string dataset;
  std::string project;
  std::string warehouse;
  std::string run_id;
  bool json = false;
  bool quiet = false;
};

/// Declares flags on one command; `names` has the long name first: "--input" or "--domain,-D". A
/// target's value before parsing is the default that --help shows. Targets must outlive the
/// parsing.
class Flags {
 public:
  explicit Flags(CLI::App& app) : app_(app) {}

  void add(const std::string& names, std::string& target, const std::string& help);
  /// Repeatable.
  void add(const std::string& names, std::vector<std::string>& target, const std::string& help);
  void add(const std::string& names, std::int64_t& target, const std::string& help);
  void add(const std::string& names, std::uint64_t& target, const std::string& help);
  void add(const std::string& names, unsigned& target, const std::string& help);
  void add_switch(const std::string& names, bool& target, const std::string& help);
  /// An argument without a flag's name; optional.
  void add_argument(const std::string& name, std::string& target, const std::string& help);
  void add_argument(const std::string& name, std::int64_t& target, const std::string& help);
  void add_arguments(const std::string& name, std::vector<std::string>& target,
                     const std::string& help);
  void add_shared(SharedFlags& common);

 private:
  CLI::App& app_;
};

/// Flags of the engine, for commands that read files.
struct EngineFlags {
  std::string engine = "duckdb";
  unsigned threads = 0;
  std::string memory_limit;
  std::string spill_directory;
  void declare(Flags& flags);
};

}  // namespace voucher
