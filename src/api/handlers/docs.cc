#include "api/handlers/asset_page.h"

namespace voucher {

void answer_docs(const Call& call, http::Response& response) {
  send_asset(call, "/docs/index.html", response);
}

}  // namespace voucher
