// What a handler costs, without sockets: bodies are read in place, as the server hands them over.
#include <benchmark/benchmark.h>

#include <string>
#include <string_view>
#include <vector>

#include "api/api.h"
#include "api/memory_warehouse_fixture.h"
#include "api/reloader.h"
#include "api/voucher_fixture.h"
#include "base/clock.h"

namespace voucher {
namespace {

struct Served {
  SystemClock clock;
  MemoryWarehouse warehouse;
  Catalog catalog;
  Reloader reloader{warehouse, catalog, clock, {}};
  Api api{catalog, [this] {
            warehouse.publish(kVoucherId, voucher_snapshot());
            reloader.look();
            Services services;
            services.clock = &clock;
            return services;
          }()};
};

void send(benchmark::State& state, std::string_view path, std::string_view body,
          std::int64_t decisions) {
  Served served;
  std::string padded(body);
  padded.resize(body.size() + 64, ' ');
  http::Request request;
  request.method = http::Method::kPost;
  request.path = path;
  request.headers = {{"Host", "127.0.0.1:8000"},
                     {"Content-Type", "application/json"},
                     {"Content-Length", "210"},
                     {"Accept", "*/*"}};
  request.body = std::string_view(padded).substr(0, body.size());
  request.body_padding = 64;
  http::Response response;
  for (auto _ : state) {
    response.reset();
    served.api.handle(request, response);
    benchmark::DoNotOptimize(response.body.data());
  }
  state.SetItemsProcessed(state.iterations() * decisions);
}

void classic(benchmark::State& state) {
  send(state, "/get-segment-voucher", kDocumentedRequest, 1);
}
void decision(benchmark::State& state) {
  send(state, "/v1/customer/voucher/decisions", kDocumentedRequest, 1);
}
void refusal(benchmark::State& state) {
  send(state, "/v1/customer/voucher/decisions", R"({"customer_id":1,"total_orders":-1})", 1);
}
void batch_of_a_thousand(benchmark::State& state) {
  std::string body = "{\"items\":[";
  for (int i = 0; i < 1000; ++i) body.append(i > 0 ? "," : "").append(kDocumentedRequest);
  send(state, "/v1/customer/voucher/decisions/batch", body + "]}", 1000);
}

BENCHMARK(classic);
BENCHMARK(decision);
BENCHMARK(refusal);
BENCHMARK(batch_of_a_thousand);

}  // namespace
}  // namespace voucher
