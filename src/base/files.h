// Files that survive a crash: whole-file reads, and writes that appear under their name only once
// they are on disk. All failures are kUnavailable and name the path and the system's reason.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"

namespace voucher {

/// The whole content of a file.
[[nodiscard]] Result<std::string> read_file(const std::filesystem::path& path);

/// Writes `content` beside `path`, syncs it, renames it to `path` and syncs the folder: a reader
/// sees the old content or the new, also after a power cut.
[[nodiscard]] Result<> replace_file(const std::filesystem::path& path, std::string_view content);

/// Renames within one file system (replacing a file) and syncs the target's folder.
[[nodiscard]] Result<> move_into_place(const std::filesystem::path& from,
                                       const std::filesystem::path& to);

/// Creates a folder and its parents where missing.
[[nodiscard]] Result<> create_folder(const std::filesystem::path& path);

/// Flushes a file's or folder's content to disk.
[[nodiscard]] Result<> sync_path(const std::filesystem::path& path);

}  // namespace voucher
