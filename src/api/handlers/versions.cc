#include "api/handlers/handlers.h"
#include "api/page.h"

namespace voucher {

void answer_versions(const Call& call, http::Response& response) {
  const Page& list = call.dataset->history->list;
  send_page(call.request, list.body, list.etag, response);
}

}  // namespace voucher
