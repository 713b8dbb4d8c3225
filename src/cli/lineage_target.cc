#include "cli/lineage_target.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "cli/http_post.h"
#include "cli/session.h"

namespace voucher {
namespace {

constexpr std::string_view kFileScheme = "file:";

bool is_http(std::string_view text) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (text.starts_with(scheme) && text.size() > scheme.size()) return true;
  }
  return false;
}

/// "file:PATH", and "file:///PATH" as URLs have it.
std::string path_of(std::string_view text) {
  text.remove_prefix(kFileScheme.size());
  if (text.starts_with("///")) text.remove_prefix(2);
  return std::string(text);
}

std::string joined(std::string url, std::string_view endpoint) {
  while (url.ends_with('/')) url.pop_back();
  while (endpoint.starts_with('/')) endpoint.remove_prefix(1);
  return url + "/" + std::string(endpoint);
}

Result<> append_line(const std::string& path, std::string_view event) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (file < 0)
    return fail(ErrorKind::kUnavailable, "cannot open {}: {}", path, std::strerror(errno));
  // One write for all of the line: runs may share the file.
  const std::string line = std::string(event) + "\n";
  const ssize_t written = ::write(file, line.data(), line.size());
  const int reason = written < 0 ? errno : ENOSPC;
  ::close(file);
  if (written == static_cast<ssize_t>(line.size())) return {};
  return fail(ErrorKind::kUnavailable, "cannot write {}: {}", path, std::strerror(reason));
}

}  // namespace

Result<std::optional<LineageTarget>> choose_lineage_target(const std::string& flag,
                                                           const Environment& environment) {
  if (environment("OPENLINEAGE_DISABLED") == "true") return std::nullopt;
  LineageTarget target;
  target.api_key = environment("OPENLINEAGE_API_KEY");
  target.job_namespace = environment("OPENLINEAGE_NAMESPACE");
  if (target.job_namespace.empty()) target.job_namespace = "voucher";
  if (flag.starts_with(kFileScheme) && !path_of(flag).empty()) {
    target.file = path_of(flag);
  } else if (is_http(flag)) {
    target.url = flag;
  } else if (!flag.empty()) {
    return fail(ErrorKind::kUsage, "--lineage is file:PATH or http://HOST/PATH, not '{}'",
                without_password(flag));
  } else {
    const std::string url = environment("OPENLINEAGE_URL");
    if (url.empty()) return std::nullopt;
    if (!is_http(url)) {
      return fail(ErrorKind::kUsage, "OPENLINEAGE_URL is http://HOST, not '{}'",
                  without_password(url));
    }
    const std::string endpoint = environment("OPENLINEAGE_ENDPOINT");
    target.url = joined(url, endpoint.empty() ? "api/v1/lineage" : endpoint);
  }
  return target;
}

Result<> send_lineage(const LineageTarget& target, std::string_view event) {
  if (!target.file.empty()) return append_line(target.file, event);
  return post_json({.url = target.url, .body = event, .bearer_token = target.api_key});
}

}  // namespace voucher
