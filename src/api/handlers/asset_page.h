// Sends a file that stands in the binary, under a policy that lets a browser run nothing else.
#pragma once

#include <string_view>

#include "api/handlers/handlers.h"

namespace voucher {

/// Sends the asset of that path, 404 where there is none.
void send_asset(const Call& call, std::string_view path, http::Response& response);

}  // namespace voucher
