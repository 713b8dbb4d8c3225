#include "api/handlers/handlers.h"

namespace voucher {

void answer_health(const Call&, http::Response& response) {
  response.body = R"({"status":"ok"})";
}

}  // namespace voucher
