#include <charconv>

#include "api/handlers/handlers.h"
#include "api/page.h"
#include "api/statuses.h"

namespace voucher {

void answer_version(const Call& call, http::Response& response) {
  const std::string_view text = call.parameters[2];
  VersionNumber number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  const auto& versions = call.dataset->history->versions;
  const auto found = versions.find(number);
  if (failure != std::errc() || end != text.data() + text.size() || found == versions.end()) {
    return answer_error(response, status::kNotFound,
                        "no such version; the list under /versions has those that are kept");
  }
  send_page(call.request, found->second.body, found->second.etag, response);
}

}  // namespace voucher
