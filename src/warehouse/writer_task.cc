#include "warehouse/writer_task.h"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <array>

namespace voucher {
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

}  // namespace

std::string describe_writer(std::string_view task, Timestamp now) {
  return fmt::format("{} (pid {} of {}@{}, since {})", task, ::getpid(), user_name(), host_name(),
                     format_iso(now));
}

}  // namespace voucher
