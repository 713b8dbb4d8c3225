// The decision log's file: whole lines are appended, a line that a crash or a full disk cut off is
// taken out again, and a file that was renamed away is followed by a new one under the name.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"

namespace voucher {

/// One thread at a time.
class LogFile {
 public:
  explicit LogFile(std::filesystem::path path) : path_(std::move(path)) {}
  ~LogFile() { close(); }
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;

  /// Opens the file for appending, made with mode 0600 where it is missing, and cuts off a last
  /// line that has no end. kRefused where it is no decision log or no regular file; kUnavailable
  /// where another process writes it or the system says no.
  [[nodiscard]] Result<> open();
  /// Whether the last failure was for want of room.
  [[nodiscard]] bool disk_was_full() const { return disk_was_full_; }

  /// Appends `lines`, each complete, to the file that now has the name; opens it where it is not
  /// open. On failure the bytes of `lines` before `written` are in the file, whole lines all, and
  /// the file is closed: the next call opens it again.
  [[nodiscard]] Result<> append(std::string_view lines, std::size_t& written);

 private:
  [[nodiscard]] bool is_renamed() const;
  [[nodiscard]] Result<> cut_torn_line();
  [[nodiscard]] std::unexpected<Error> system_failure(std::string_view action);
  void close();

  std::filesystem::path path_;
  int descriptor_ = -1;
  bool disk_was_full_ = false;
};

}  // namespace voucher
