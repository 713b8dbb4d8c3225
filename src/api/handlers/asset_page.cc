#include "api/handlers/asset_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "api/page.h"
#include "api/statuses.h"

namespace voucher {
namespace {

/// Only our own files. Swagger UI sets styles by attribute and shows pictures from data: addresses.
constexpr std::string_view kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' "
    "data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

}  // namespace

void send_asset(const Call& call, std::string_view path, http::Response& response) {
  const auto asset = std::ranges::find(call.services.assets, path, &Asset::path);
  if (asset == call.services.assets.end()) {
    return answer_error(response, status::kNotFound, "no such file");
  }
  response.content_type = asset->content_type;
  response.add_header("Content-Security-Policy", kPolicy);
  response.add_header("X-Content-Type-Options", "nosniff");
  response.add_header("Referrer-Policy", "no-referrer");
  const std::size_t hash = std::hash<std::string_view>{}(asset->bytes);
  send_page(call.request, asset->bytes, fmt::format("\"{:016x}\"", hash), response);
}

}  // namespace voucher
