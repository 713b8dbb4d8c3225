#include "api/handlers/handlers.h"
#include "api/page.h"

namespace voucher {

void answer_datasets(const Call& call, http::Response& response) {
  send_page(call.request, call.served.list.body, call.served.list.etag, response);
}

}  // namespace voucher
