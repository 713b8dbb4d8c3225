// A project is a folder with definitions, `domains/<domain>/<dataset>.yaml`, and optionally a
// `voucher.yaml` with flag defaults.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "definition/flag_defaults.h"
#include "model/dataset.h"

namespace voucher {

/// A definition by its place; nothing of its content is known yet.
struct DefinitionFile {
  std::string domain;
  std::string dataset;
  std::filesystem::path path;
  /// "customer/voucher".
  [[nodiscard]] std::string id() const { return domain + "/" + dataset; }
};

struct Project {
  std::filesystem::path root;  ///< absolute
  bool installed = false;  ///< no project was found: these are the definitions installed with us
  std::vector<DefinitionFile> definitions;  ///< by domain, then dataset; without `*.sample.yaml`
  FlagDefaults flag_defaults;               ///< of voucher.yaml; empty without one
};

/// The project in `folder` itself. kUnavailable where there is no such folder, kRefused where it is
/// no project or its voucher.yaml is mistaken (see parse_flag_defaults for `known_flags`).
[[nodiscard]] Result<Project> open_project(const std::filesystem::path& folder,
                                           std::span<const std::string> known_flags);

/// The project in the nearest folder from `start` upwards that has a `voucher.yaml` or a `domains/`
/// folder; where there is none, `installed`, a folder that has `domains/` (empty: there is none).
[[nodiscard]] Result<Project> find_project(const std::filesystem::path& start,
                                           const std::filesystem::path& installed,
                                           std::span<const std::string> known_flags);

/// The definition that -D and -d mean; either may be left out where what remains is one. kUsage,
/// with the nearest name and all that exist, where nothing or more than one fits.
[[nodiscard]] Result<DefinitionFile> choose_definition(const Project& project,
                                                       const std::optional<std::string>& domain,
                                                       const std::optional<std::string>& dataset);

/// Loads a definition and holds it to its place: a file that names another domain or dataset than
/// its path is a mistake at that line. Mistakes show the path relative to the working directory
/// where it is inside.
[[nodiscard]] Result<Dataset> load_definition(const DefinitionFile& file);

/// The file beside a definition with the shapes of its synthetic data; it need not exist.
[[nodiscard]] std::filesystem::path sample_path(const DefinitionFile& file);

}  // namespace voucher
