#include "warehouse/embedded/version_folder.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "base/files.h"
#include "base/hash.h"
#include "warehouse/embedded/publications.h"

namespace voucher::embedded {
namespace {

namespace fs = std::filesystem;

Result<VersionNumber> read_last_version(const Layout& layout) {
  std::error_code ignored;
  if (!fs::exists(layout.last_version(), ignored)) return VersionNumber{0};
  std::string text = TRY(read_file(layout.last_version()));
  if (text.ends_with('\n')) text.pop_back();
  const auto number = parse_version_number(text);
  if (number) return *number;
  return fail(ErrorKind::kRefused,
              "file of the last version number is damaged: {}: it must hold it",
              layout.last_version().string());
}

/// A file of a version; where the folder went away meanwhile, that is the error.
Result<std::string> read_version_file(const Layout& layout, VersionNumber number,
                                      std::string_view name) {
  if (!version_exists(layout, number)) return no_such_version(layout, number);
  auto text = read_file(layout.version(number) / name);
  if (!text && !version_exists(layout, number)) return no_such_version(layout, number);
  return text;
}

}  // namespace

Result<std::vector<VersionNumber>> list_versions(const Layout& layout) {
  std::vector<VersionNumber> numbers;
  for (const std::string& name : TRY(list_folder(layout.versions())))
    if (const auto number = parse_version_number(name)) numbers.push_back(*number);
  std::ranges::sort(numbers);
  return numbers;
}

bool version_exists(const Layout& layout, VersionNumber number) {
  std::error_code ignored;
  return fs::is_directory(layout.version(number), ignored);
}

bool is_verified(const Layout& layout, VersionNumber number) {
  std::error_code ignored;
  return fs::exists(layout.verified_marker(number), ignored);
}

Result<VersionManifest> read_version(const Layout& layout, VersionNumber number) {
  const std::string text = TRY(read_version_file(layout, number, kManifestFile));
  auto manifest = parse_manifest(text);
  if (!manifest) {
    return std::unexpected(with_context(std::move(manifest).error(),
                                        (layout.version(number) / kManifestFile).string()));
  }
  if (is_verified(layout, number))
    for (Part& part : manifest->parts) part.verified_definition = manifest->definition;
  return manifest;
}

Result<Snapshot> read_snapshot(const Layout& layout, const VersionManifest& manifest) {
  const std::string text = TRY(read_version_file(layout, manifest.version, kSnapshotFile));
  if (sha256_hex(text) == manifest.snapshot) return parse_snapshot(text);
  return fail(ErrorKind::kRefused,
              "snapshot is damaged, its SHA-256 is not the manifest's: {}: roll back to another "
              "version or load again",
              (layout.version(manifest.version) / kSnapshotFile).string());
}

Result<VersionNumber> take_version_number(const Layout& layout) {
  VersionNumber last = TRY(read_last_version(layout));
  for (const VersionNumber number : TRY(list_versions(layout))) last = std::max(last, number);
  for (const Publication& publication : TRY(read_publications(layout)))
    last = std::max(last, publication.version);
  TRY(replace_file(layout.last_version(), fmt::format("{}\n", last + 1)));
  return last + 1;
}

std::unexpected<Error> no_such_version(const Layout& layout, VersionNumber number) {
  const auto numbers = list_versions(layout);
  if (!numbers || numbers->empty())
    return fail(ErrorKind::kRefused, "no version {}: nothing is loaded yet in {}", number,
                layout.folder().string());
  return fail(ErrorKind::kRefused, "no version {}: there are {}", number,
              fmt::join(*numbers, ", "));
}

}  // namespace voucher::embedded
