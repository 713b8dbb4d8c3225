#include "api/handlers/handlers.h"
#include "api/page.h"

namespace voucher {

void answer_dataset(const Call& call, http::Response& response) {
  const Serving& serving = *call.dataset->serving;
  send_page(call.request, serving.description(), serving.etag(), response);
}

}  // namespace voucher
