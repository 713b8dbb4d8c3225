// What a command works with: the common flags resolved to a project, a definition, an engine and a
// warehouse, the way out for results and progress, and the request to stop. The composition root:
// adapters are chosen here.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/progress.h"
#include "base/result.h"
#include "cli/flags.h"
#include "cli/progress_lines.h"
#include "definition/project.h"
#include "engine/engine.h"
#include "warehouse/warehouse.h"

namespace voucher {

class Session {
 public:
  /// `known_flags`: every flag that voucher.yaml may set.
  Session(SharedFlags flags, std::vector<std::string> known_flags, std::stop_token stop);

  [[nodiscard]] const SharedFlags& flags() const { return flags_; }
  [[nodiscard]] const Clock& clock() const { return clock_; }
  /// Progress to stderr unless --quiet, and the stop token of SIGINT and SIGTERM.
  [[nodiscard]] JobControl control();

  /// The definition that -D and -d (or the project's only one) name.
  [[nodiscard]] Result<Dataset> dataset() const;
  /// The file it stands in.
  [[nodiscard]] Result<DefinitionFile> definition_file() const;
  /// The dataset's name: from -D and -d alone where both are given, else from the project.
  [[nodiscard]] Result<DatasetId> dataset_id() const;
  /// --project, else the nearest upwards, else the installed definitions.
  [[nodiscard]] Result<Project> project() const;
  /// The definitions that come with the program.
  [[nodiscard]] static Result<std::filesystem::path> installed_definitions();
  /// The folder of a duckdb: warehouse, by default data/warehouse in the project.
  [[nodiscard]] Result<std::string> embedded_root() const;
  [[nodiscard]] Result<std::unique_ptr<Warehouse>> warehouse() const;
  /// How often a server looks for news in it: a folder is looked at for nothing, a server is asked.
  [[nodiscard]] std::chrono::milliseconds reload_interval() const;
  [[nodiscard]] static Result<std::unique_ptr<Engine>> engine(const EngineFlags& flags);

  /// --run-id, or one made of time and process.
  [[nodiscard]] const std::string& run_id() const { return run_id_; }
  /// user@host, for manifests and history.
  [[nodiscard]] static std::string user_at_host();

  /// Prints the JSON document with --json, else the text. Both end with a newline.
  void print(const nlohmann::ordered_json& document, std::string_view text) const;
  /// One line on stderr: "warning: …".
  void warn(std::string_view text) const;

 private:
  SharedFlags flags_;
  std::vector<std::string> known_flags_;
  SystemClock clock_;
  std::stop_token stop_;
  std::string run_id_;
  ProgressLines progress_;
};

/// A warehouse URL as it may be shown: its password replaced by ***.
[[nodiscard]] std::string without_password(std::string_view url);

/// "512MB", "4GiB", "1000000" -> bytes; kUsage where it is no size.
[[nodiscard]] Result<std::int64_t> parse_bytes(std::string_view text);

}  // namespace voucher
