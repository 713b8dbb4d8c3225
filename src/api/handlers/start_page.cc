#include "api/handlers/asset_page.h"

namespace voucher {

void answer_start_page(const Call& call, http::Response& response) {
  send_asset(call, "/index.html", response);
}

}  // namespace voucher
