// The writer lock of a dataset: flock on the file LOCK. The kernel releases it when its holder
// ends, however it ends, so there are no stale locks. The file's one line says who holds it.
#pragma once

#include <memory>
#include <string_view>

#include "warehouse/embedded/layout.h"

namespace voucher::embedded {

class FileLock {
 public:
  /// Takes the lock without waiting. kUnavailable where someone holds it (saying who, since when,
  /// for which task) or where the file cannot be written. REQUIRES: the dataset's folder.
  [[nodiscard]] static Result<std::unique_ptr<FileLock>> acquire(const Layout& layout,
                                                                 std::string_view task,
                                                                 Timestamp now);
  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  explicit FileLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
  bool held_ = false;
};

}  // namespace voucher::embedded
