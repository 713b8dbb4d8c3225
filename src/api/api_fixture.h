// For tests: the API on a warehouse in memory, called without sockets.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "api/api.h"
#include "api/memory_warehouse_fixture.h"
#include "api/reloader.h"
#include "api/voucher_fixture.h"
#include "base/clock.h"

namespace voucher {

/// What came back.
struct Answer {
  int status = 0;
  std::string body;
  std::string headers;
  std::string content_type;

  [[nodiscard]] nlohmann::json json() const { return nlohmann::json::parse(body); }
  /// The value of a header; empty where it is not there.
  [[nodiscard]] std::string header(const std::string& name) const {
    const std::size_t at = ("\r\n" + headers).find("\r\n" + name + ": ");
    if (at == std::string::npos) return "";
    const std::size_t from = at + name.size() + 2;
    return headers.substr(from, headers.find("\r\n", from) - from);
  }
};

using Headers = std::vector<std::pair<std::string_view, std::string_view>>;

class ApiTest : public testing::Test {
 public:
  FixedClock clock{midnight(to_day({2018, 7, 10}))};
  MemoryWarehouse warehouse;
  Catalog catalog;
  std::unique_ptr<Reloader> reloader;
  std::unique_ptr<Api> api;

  /// Serves what the warehouse has.
  void serve(ReloaderOptions options = {}, Services services = {}) {
    services.clock = &clock;
    services.reload_statistics = [this] { return reloader->statistics(); };
    reloader = std::make_unique<Reloader>(warehouse, catalog, clock, std::move(options));
    reloader->look();
    api = std::make_unique<Api>(catalog, std::move(services));
  }

  Answer send(http::Method method, std::string_view path, std::string_view body = {},
              Headers headers = {}) {
    http::Request request;
    request.method = method;
    request.path = path;
    request.body = body;
    request.headers = std::move(headers);
    http::Response response;
    api->handle(request, response);
    return {response.status, response.body, response.headers, std::string(response.content_type)};
  }
  Answer get(std::string_view path, Headers headers = {}) {
    return send(http::Method::kGet, path, {}, std::move(headers));
  }
  Answer post(std::string_view path, std::string_view body, Headers headers = {}) {
    return send(http::Method::kPost, path, body, std::move(headers));
  }
};

/// With the documented dataset published and served.
class ServedApiTest : public ApiTest {
 protected:
  void SetUp() override {
    warehouse.publish(kVoucherId, voucher_snapshot());
    serve();
  }
};

}  // namespace voucher
