// Where everything of one dataset lies in an embedded warehouse. Paths only: nothing is read here.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "warehouse/warehouse.h"

namespace voucher::embedded {

/// Marks what a writer has begun and not finished; the next writer removes it.
inline constexpr std::string_view kUnfinishedPrefix = ".tmp-";
/// Marks a version that is being removed.
inline constexpr std::string_view kRemovedPrefix = ".gone-";

class Layout {
 public:
  /// `root` must be absolute: the views in warehouse.duckdb name their files by it.
  Layout(const std::filesystem::path& root, const DatasetId& id)
      : folder_(root / id.domain / id.dataset) {}

  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
  /// Processed rows: `<sha256>.parquet`.
  [[nodiscard]] std::filesystem::path parts() const { return folder_ / "parts"; }
  /// Rejected rows: `<sha256>.parquet`.
  [[nodiscard]] std::filesystem::path rejected() const { return folder_ / "rejected"; }
  [[nodiscard]] std::filesystem::path versions() const { return folder_ / "versions"; }
  [[nodiscard]] std::filesystem::path staging() const { return folder_ / "staging"; }
  /// One line, `versions/<N>`: the live version.
  [[nodiscard]] std::filesystem::path current() const { return folder_ / "CURRENT"; }
  /// Locked by the writer; holds one line about it.
  [[nodiscard]] std::filesystem::path lock() const { return folder_ / "LOCK"; }
  /// The highest version number ever given.
  [[nodiscard]] std::filesystem::path last_version() const { return folder_ / "LAST_VERSION"; }
  /// Every publication, one JSON object a line.
  [[nodiscard]] std::filesystem::path publications() const {
    return folder_ / "publications.jsonl";
  }
  /// Files that no version names, and since when.
  [[nodiscard]] std::filesystem::path unreferenced() const { return folder_ / "unreferenced.json"; }

  [[nodiscard]] std::filesystem::path part(std::string_view sha256) const {
    return parts() / parquet_name(sha256);
  }
  [[nodiscard]] std::filesystem::path rejected(std::string_view sha256) const {
    return rejected() / parquet_name(sha256);
  }
  [[nodiscard]] std::filesystem::path version(VersionNumber number) const {
    return versions() / std::to_string(number);
  }
  [[nodiscard]] std::filesystem::path unfinished_version(VersionNumber number) const {
    return versions() / (std::string(kUnfinishedPrefix) + std::to_string(number));
  }
  [[nodiscard]] std::filesystem::path verified_marker(VersionNumber number) const {
    return version(number) / "verified";
  }

  [[nodiscard]] static std::string parquet_name(std::string_view sha256) {
    return std::string(sha256) + ".parquet";
  }

 private:
  std::filesystem::path folder_;
};

inline constexpr std::string_view kManifestFile = "manifest.json";
inline constexpr std::string_view kSnapshotFile = "snapshot.json";
inline constexpr std::string_view kDatabaseFile = "warehouse.duckdb";

/// The number that a folder name or a text spells: digits only, no leading zero, at least 1.
[[nodiscard]] std::optional<VersionNumber> parse_version_number(std::string_view text);

/// The names of a folder's entries, sorted; none where there is no such folder. kUnavailable where
/// it cannot be read.
[[nodiscard]] Result<std::vector<std::string>> list_folder(const std::filesystem::path& folder);

/// Removes a file or a folder with all it holds; a missing one is fine. kUnavailable names it.
[[nodiscard]] Result<> remove_tree(const std::filesystem::path& path);

}  // namespace voucher::embedded
