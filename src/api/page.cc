#include "api/page.h"

#include "api/statuses.h"
#include "base/hash.h"

namespace voucher {
namespace {

std::string_view without_blanks(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  return text;
}

}  // namespace

Page make_page(std::string body, std::string_view name) {
  constexpr std::size_t kHashDigits = 16;
  std::string etag = "\"";
  if (!name.empty()) etag.append(name).append("-");
  etag.append(sha256_hex(body), 0, kHashDigits);
  etag += '"';
  return {std::move(body), std::move(etag)};
}

bool names_etag(std::string_view if_none_match, std::string_view etag) {
  while (!if_none_match.empty()) {
    const std::size_t comma = if_none_match.find(',');
    std::string_view entry = without_blanks(if_none_match.substr(0, comma));
    if (entry == "*") return true;
    if (entry.starts_with("W/")) entry.remove_prefix(2);
    if (entry == etag) return true;
    if (comma == std::string_view::npos) break;
    if_none_match.remove_prefix(comma + 1);
  }
  return false;
}

void send_page(const http::Request& request, std::string_view body, std::string_view etag,
               http::Response& response) {
  response.add_header("ETag", etag);
  response.add_header("Cache-Control", "no-cache");
  const auto known = request.header("If-None-Match");
  if (known && names_etag(*known, etag)) {
    response.status = status::kNotModified;
    return;
  }
  response.body = body;
}

}  // namespace voucher
