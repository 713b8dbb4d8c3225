#include "api/handlers/handlers.h"
#include "api/page.h"

namespace voucher {

void answer_openapi(const Call& call, http::Response& response) {
  send_page(call.request, call.served.openapi.body, call.served.openapi.etag, response);
}

}  // namespace voucher
