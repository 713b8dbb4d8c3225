#include "warehouse/embedded/retention.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "base/files.h"
#include "decision/parse.h"
#include "warehouse/embedded/publications.h"
#include "warehouse/embedded/version_folder.h"

namespace voucher::embedded {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// Path below the dataset's folder -> when it was first seen without a version that names it.
using Unreferenced = std::map<std::string, Timestamp>;

/// A lost or damaged note only makes the grace period begin again.
Unreferenced read_notes(const Layout& layout) {
  const auto text = read_file(layout.unreferenced());
  if (!text) return {};
  Unreferenced notes;
  try {
    const json document = json::parse(*text);
    for (const auto& [path, since] : document.get_ref<const json::object_t&>()) {
      if (const auto instant = parse_timestamp(since.get_ref<const std::string&>()))
        notes.emplace(path, *instant);
    }
  } catch (const json::exception&) {
    return {};
  }
  return notes;
}

Result<> write_notes(const Layout& layout, const Unreferenced& notes) {
  json document = json::object();
  for (const auto& [path, since] : notes) document[path] = format_iso(since);
  return replace_file(layout.unreferenced(), document.dump(1) + "\n");
}

Result<std::set<std::string>> referenced_files(const Layout& layout) {
  std::set<std::string> files;
  for (const VersionNumber number : TRY(list_versions(layout))) {
    const VersionManifest manifest = TRY(read_version(layout, number));
    for (const Part& part : manifest.parts) {
      files.insert("parts/" + Layout::parquet_name(part.name));
      files.insert("rejected/" + Layout::parquet_name(part.rejected));
    }
  }
  return files;
}

/// Only files that a load could have put there: anything else is not ours to remove.
bool is_content_named(std::string_view name) {
  constexpr std::size_t kHashDigits = 64;
  return name.size() == kHashDigits + std::string_view(".parquet").size() &&
         name.ends_with(".parquet") &&
         name.substr(0, kHashDigits).find_first_not_of("0123456789abcdef") ==
             std::string_view::npos;
}

Result<std::vector<std::string>> stored_files(const Layout& layout) {
  std::vector<std::string> files;
  for (const std::string& name : TRY(list_folder(layout.parts())))
    if (is_content_named(name)) files.push_back("parts/" + name);
  for (const std::string& name : TRY(list_folder(layout.rejected())))
    if (is_content_named(name)) files.push_back("rejected/" + name);
  return files;
}

Result<> remove_unfinished(const fs::path& folder) {
  for (const std::string& name : TRY(list_folder(folder))) {
    const bool unfinished = name.starts_with(kUnfinishedPrefix) ||
                            name.starts_with(kRemovedPrefix) || name.ends_with(".tmp");
    if (unfinished) TRY(remove_tree(folder / name));
  }
  return {};
}

}  // namespace

std::vector<VersionNumber> surplus_versions(std::span<const VersionNumber> existing,
                                            const std::set<VersionNumber>& needed, int keep) {
  const std::size_t kept = std::min(existing.size(), static_cast<std::size_t>(std::max(keep, 1)));
  std::vector<VersionNumber> surplus;
  std::ranges::copy_if(existing.first(existing.size() - kept), std::back_inserter(surplus),
                       [&](VersionNumber number) { return !needed.contains(number); });
  return surplus;
}

Result<> remove_version(const Layout& layout, VersionNumber number) {
  const fs::path gone = layout.versions() / (std::string(kRemovedPrefix) + std::to_string(number));
  TRY(remove_tree(gone));
  TRY(move_into_place(layout.version(number), gone));
  return remove_tree(gone);
}

Result<> remove_unreferenced_files(const Layout& layout, Timestamp now) {
  const std::set<std::string> referenced = TRY(referenced_files(layout));
  const Unreferenced before = read_notes(layout);
  Unreferenced after;
  for (const std::string& file : TRY(stored_files(layout))) {
    if (referenced.contains(file)) continue;
    const auto noted = before.find(file);
    // A note from the future (a clock that was set back) must not keep the file for ever.
    const Timestamp since = noted == before.end() ? now : std::min(noted->second, now);
    if (now.micros - since.micros >= kGraceMicros) {
      TRY(remove_tree(layout.folder() / file));
    } else {
      after.emplace(file, since);
    }
  }
  if (after == before) return {};
  return write_notes(layout, after);
}

Result<> remove_leftovers(const Layout& layout) {
  for (const std::string& name : TRY(list_folder(layout.staging())))
    TRY(remove_tree(layout.staging() / name));
  TRY(remove_unfinished(layout.folder()));
  TRY(remove_unfinished(layout.versions()));
  for (const VersionNumber number : TRY(list_versions(layout)))
    TRY(remove_unfinished(layout.version(number)));
  return drop_unfinished_publication(layout);
}

}  // namespace voucher::embedded
