#include "warehouse/embedded/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/files.h"
#include "warehouse/writer_task.h"

namespace voucher::embedded {
namespace {

/// The line is for people only, so a full disk must not stop a writer here.
void write_holder(int descriptor, const std::string& line) {
  if (::ftruncate(descriptor, 0) != 0) return;
  const ssize_t written = ::pwrite(descriptor, line.data(), line.size(), 0);
  static_cast<void>(written);
}

std::string read_holder(const std::filesystem::path& path) {
  const auto line = read_file(path);
  return line && !line->empty() ? *line : "another process";
}

}  // namespace

Result<std::unique_ptr<FileLock>> FileLock::acquire(const Layout& layout, std::string_view task,
                                                    Timestamp now) {
  const std::filesystem::path path = layout.lock();
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (descriptor < 0) {
    return fail(ErrorKind::kUnavailable, "cannot open lock file {}: {}", path.string(),
                std::strerror(errno));
  }
  std::unique_ptr<FileLock> lock(new FileLock(descriptor));
  while (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    const int code = errno;
    if (code == EINTR) continue;
    if (code == EWOULDBLOCK) {
      return fail(ErrorKind::kUnavailable,
                  "dataset is being written by {}: wait until it ends ({})", read_holder(path),
                  path.string());
    }
    return fail(ErrorKind::kUnavailable, "cannot lock {}: {}", path.string(), std::strerror(code));
  }
  lock->held_ = true;
  write_holder(descriptor, describe_writer(task, now));
  return lock;
}

FileLock::~FileLock() {
  if (held_) write_holder(descriptor_, "");
  ::close(descriptor_);
}

}  // namespace voucher::embedded
