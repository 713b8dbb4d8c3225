#include "api/handlers/handlers.h"
#include "api/statuses.h"

namespace voucher {

void answer_ready(const Call& call, http::Response& response) {
  if (call.served.datasets.empty()) {
    response.add_header("Retry-After", "1");
    return answer_error(response, status::kUnavailable, "no snapshot is loaded yet");
  }
  response.body = R"({"status":"ready"})";
}

}  // namespace voucher
