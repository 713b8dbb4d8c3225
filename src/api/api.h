// The HTTP API as what a server needs: a handler, an error page and body limits. Everything that
// all endpoints have in common happens here: routes, keys, request ids, counting.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "api/handlers/handlers.h"
#include "api/serving.h"
#include "http/server.h"

namespace voucher {

class Api {
 public:
  /// The catalog must outlive the Api, and the Api the functions that it hands out.
  Api(const Catalog& catalog, Services services);

  /// Answers one request; any number of threads at once.
  void handle(const http::Request& request, http::Response& response);

  [[nodiscard]] http::Handler handler();
  [[nodiscard]] http::ErrorPage error_page();
  [[nodiscard]] static http::BodyLimit body_limit();

 private:
  void dispatch(const http::Request& request, Timestamp now, std::string_view request_id,
                std::size_t& route, http::Response& response);
  void answer_protocol_error(int status, std::string_view detail, http::Response& response);

  const Catalog& catalog_;
  Services services_;
};

}  // namespace voucher
