#include "api/handlers/asset_page.h"

namespace voucher {

void answer_docs_asset(const Call& call, http::Response& response) {
  std::string path = "/docs/";
  path += call.parameters[0];
  send_asset(call, path, response);
}

}  // namespace voucher
