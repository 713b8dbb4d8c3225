// Local folders for an engine's outputs: PostgreSQL keeps no files of ours, so they lie in the
// machine's temporary folder (TMPDIR). What a killed process left is removed by the next one.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "base/result.h"
#include "warehouse/warehouse.h"

namespace voucher::postgresql {

/// One process's folder for one dataset; removed with this object.
class ScratchFolder {
 public:
  /// Makes it, and removes those whose process has ended.
  [[nodiscard]] static Result<std::unique_ptr<ScratchFolder>> create(const DatasetId& id);
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  /// A new folder in it.
  [[nodiscard]] Result<std::filesystem::path> subfolder(const std::string& name);

 private:
  ScratchFolder(std::filesystem::path path, int lock) : path_(std::move(path)), lock_(lock) {}
  std::filesystem::path path_;
  int lock_;  ///< held while the folder is in use
};

}  // namespace voucher::postgresql
