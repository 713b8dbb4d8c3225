#include "warehouse/postgresql/scratch_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "base/files.h"

namespace voucher::postgresql {
namespace {

namespace fs = std::filesystem;

constexpr const char* kLockFile = ".lock";

/// Of this user, so that others' folders are not touched.
std::string folder_prefix(const DatasetId& id) {
  return fmt::format("voucher-{}-{}-{}-", ::getuid(), id.domain, id.dataset);
}

/// The lock on a folder; negative where another process holds it.
int lock_folder(const fs::path& folder) {
  const int descriptor =
      ::open((folder / kLockFile).c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor >= 0 && ::flock(descriptor, LOCK_EX | LOCK_NB) == 0) return descriptor;
  if (descriptor >= 0) ::close(descriptor);
  return -1;
}

void remove_abandoned(const fs::path& root, const std::string& prefix) {
  std::error_code code;
  for (fs::directory_iterator entries(root, code), end; !code && entries != end;
       entries.increment(code)) {
    const fs::path folder = entries->path();
    if (!folder.filename().string().starts_with(prefix) || !fs::exists(folder / kLockFile))
      continue;
    const int descriptor = lock_folder(folder);
    if (descriptor < 0) continue;
    std::error_code ignored;
    fs::remove_all(folder, ignored);
    ::close(descriptor);
  }
}

}  // namespace

Result<std::unique_ptr<ScratchFolder>> ScratchFolder::create(const DatasetId& id) {
  std::error_code code;
  const fs::path root = fs::temp_directory_path(code);
  if (code)
    return fail(ErrorKind::kUnavailable, "no folder for temporary files: {}: set TMPDIR",
                code.message());
  remove_abandoned(root, folder_prefix(id));
  std::string name = (root / (folder_prefix(id) + "XXXXXX")).string();
  if (::mkdtemp(name.data()) == nullptr) {
    return fail(ErrorKind::kUnavailable, "cannot make a folder in {}: {}: set TMPDIR",
                root.string(), std::strerror(errno));
  }
  const int lock = lock_folder(name);
  if (lock < 0) {
    return fail(ErrorKind::kUnavailable, "cannot lock folder {}: {}", name, std::strerror(errno));
  }
  return std::unique_ptr<ScratchFolder>(new ScratchFolder(name, lock));
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
  ::close(lock_);
}

Result<fs::path> ScratchFolder::subfolder(const std::string& name) {
  fs::path folder;
  std::error_code ignored;
  for (int i = 1; folder.empty() || fs::exists(folder, ignored); ++i)
    folder = path_ / fmt::format("{}-{}", name, i);
  TRY(create_folder(folder));
  return folder;
}

}  // namespace voucher::postgresql
