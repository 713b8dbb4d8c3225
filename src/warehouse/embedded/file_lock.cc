#include "warehouse/embedded/file_lock.h"

#include <fcntl.h>
#include <pwd.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "base/files.h"

namespace voucher::embedded {
namespace {

std::string user_name() {
  passwd entry{};
  passwd* found = nullptr;
  std::array<char, 4096> buffer{};
  if (::getpwuid_r(::geteuid(), &entry, buffer.data(), buffer.size(), &found) == 0 && found)
    return found->pw_name;
  return fmt::format("uid {}", ::geteuid());
}

std::string host_name() {
  std::array<char, 256> buffer{};
  if (::gethostname(buffer.data(), buffer.size() - 1) != 0) return "unknown host";
  return buffer.data();
}

std::string holder_line(std::string_view task, Timestamp now) {
  return fmt::format("{} (pid {} of {}@{}, since {})", task, ::getpid(), user_name(), host_name(),
                     format_iso(now));
}

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
  write_holder(descriptor, holder_line(task, now));
  return lock;
}

FileLock::~FileLock() {
  if (held_) write_holder(descriptor_, "");
  ::close(descriptor_);
}

}  // namespace voucher::embedded
