// A folder of one run's own for what does not fit into memory, removed when the run ends.
#pragma once

#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <string>

namespace voucher::duckdb {

class SpillFolder {
 public:
  /// Below `parent`; it comes into being when something is spilled.
  explicit SpillFolder(const std::filesystem::path& parent) : path_(parent / unique_name()) {}
  ~SpillFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  SpillFolder(const SpillFolder&) = delete;
  SpillFolder& operator=(const SpillFolder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  static std::string unique_name() {
    static std::atomic<int> count = 0;
    return ".spill-" + std::to_string(::getpid()) + "-" + std::to_string(++count);
  }

  std::filesystem::path path_;
};

}  // namespace voucher::duckdb
