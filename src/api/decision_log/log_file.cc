#include "api/decision_log/log_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "api/decision_log/log_line.h"

namespace voucher {
namespace {

/// The file's bytes from `from` on; empty where they cannot be read.
std::string read_block(int descriptor, off_t from, std::size_t size) {
  std::string block(size, '\0');
  const ssize_t count = ::pread(descriptor, block.data(), size, from);
  block.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  return block;
}

/// Where the line that holds the file's last byte begins.
off_t begin_of_last_line(int descriptor, off_t size) {
  constexpr off_t kBlock = 1 << 16;
  while (size > 0) {
    const off_t from = std::max<off_t>(0, size - kBlock);
    const std::string block = read_block(descriptor, from, static_cast<std::size_t>(size - from));
    const std::size_t newline = block.rfind('\n');
    if (newline != std::string::npos) return from + static_cast<off_t>(newline) + 1;
    size = from;
  }
  return 0;
}

}  // namespace

std::unexpected<Error> LogFile::system_failure(std::string_view action) {
  disk_was_full_ = errno == ENOSPC || errno == EDQUOT;
  return fail(ErrorKind::kUnavailable, "cannot {} the decision log {}: {}", action, path_.string(),
              std::strerror(errno));
}

Result<> LogFile::open() {
  close();
  descriptor_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0600);
  if (descriptor_ < 0) return system_failure("open");
  struct stat status{};
  if (::fstat(descriptor_, &status) != 0 || !S_ISREG(status.st_mode)) {
    close();
    return fail(ErrorKind::kRefused, "the decision log {} is no regular file: name another",
                path_.string());
  }
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
    close();
    return fail(ErrorKind::kUnavailable,
                "another process writes the decision log {}: give each server a file of its own",
                path_.string());
  }
  auto cut = cut_torn_line();
  if (!cut) close();
  return cut;
}

/// Only the last line can lack its end: lines are appended in order, by one process.
Result<> LogFile::cut_torn_line() {
  const off_t size = ::lseek(descriptor_, 0, SEEK_END);
  if (size <= 0 || read_block(descriptor_, size - 1, 1) == "\n") return {};
  const off_t begin = begin_of_last_line(descriptor_, size);
  const std::string start = read_block(
      descriptor_, begin, std::min(static_cast<std::size_t>(size - begin), kLogLineStart.size()));
  if (!kLogLineStart.starts_with(start)) {
    return fail(ErrorKind::kRefused, "{} is no decision log: its last line is none; name another",
                path_.string());
  }
  if (::ftruncate(descriptor_, begin) != 0) return system_failure("mend");
  return {};
}

Result<> LogFile::append(std::string_view lines, std::size_t& written) {
  written = 0;
  if (descriptor_ < 0 || is_renamed()) TRY(open());
  while (written < lines.size()) {
    const std::string_view rest = lines.substr(written);
    const ssize_t count = ::write(descriptor_, rest.data(), rest.size());
    if (count >= 0) {
      written += static_cast<std::size_t>(count);
    } else if (errno != EINTR) {
      auto failure = system_failure("write");
      // What was written of the next line is cut off when the file is opened again.
      const std::size_t end = lines.substr(0, written).rfind('\n');
      written = end == std::string_view::npos ? 0 : end + 1;
      close();
      return failure;
    }
  }
  return {};
}

bool LogFile::is_renamed() const {
  struct stat named{};
  struct stat opened{};
  return ::stat(path_.c_str(), &named) != 0 || ::fstat(descriptor_, &opened) != 0 ||
         named.st_ino != opened.st_ino || named.st_dev != opened.st_dev;
}

void LogFile::close() {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
}

}  // namespace voucher
