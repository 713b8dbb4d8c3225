#include "base/files.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace voucher {
namespace {

namespace fs = std::filesystem;

std::unexpected<Error> system_failure(std::string_view action, const fs::path& path, int code) {
  return fail(ErrorKind::kUnavailable, "{} {}: {}", action, path.string(), std::strerror(code));
}

class Descriptor {
 public:
  Descriptor(const fs::path& path, int flags)
      : fd_(::open(path.c_str(), flags | O_CLOEXEC, 0644)) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

Result<> write_synced(const fs::path& path, std::string_view content) {
  const Descriptor file(path, O_WRONLY | O_CREAT | O_TRUNC);
  if (file.get() < 0) return system_failure("cannot write file", path, errno);
  while (!content.empty()) {
    const ssize_t written = ::write(file.get(), content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return system_failure("cannot write file", path, errno);
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fsync(file.get()) != 0) return system_failure("cannot sync file", path, errno);
  return {};
}

}  // namespace

Result<std::string> read_file(const fs::path& path) {
  const Descriptor file(path, O_RDONLY);
  if (file.get() < 0) return system_failure("cannot read file", path, errno);
  std::string content;
  std::string block(std::size_t{1} << 16U, '\0');
  while (true) {
    const ssize_t count = ::read(file.get(), block.data(), block.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_failure("cannot read file", path, errno);
    if (count == 0) return content;
    content.append(block.data(), static_cast<std::size_t>(count));
  }
}

Result<> sync_path(const fs::path& path) {
  const Descriptor file(path, O_RDONLY);
  if (file.get() < 0 || ::fsync(file.get()) != 0) return system_failure("cannot sync", path, errno);
  return {};
}

Result<> move_into_place(const fs::path& from, const fs::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return system_failure("cannot rename to", to, errno);
  return sync_path(to.has_parent_path() ? to.parent_path() : fs::path("."));
}

Result<> replace_file(const fs::path& path, std::string_view content) {
  fs::path temporary = path;
  temporary += fmt::format(".{}.tmp", ::getpid());
  auto written = write_synced(temporary, content);
  if (written) written = move_into_place(temporary, path);
  if (!written) {
    std::error_code ignored;
    fs::remove(temporary, ignored);
  }
  return written;
}

Result<> create_folder(const fs::path& path) {
  std::error_code code;
  fs::create_directories(path, code);
  if (code) return system_failure("cannot create folder", path, code.value());
  return {};
}

}  // namespace voucher
