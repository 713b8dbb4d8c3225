// What a handler costs, without sockets: bodies are read in place, as the server hands them over.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
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

/// Decisions go to a file that is removed; `logged`: by the server's own way.
struct Served {
  explicit Served(bool logged) {
    if (!logged) return;
    DecisionLogOptions options;
    options.file = file;
    options.buffer_bytes = std::size_t{64} << 20U;
    log = DecisionLog::start(std::move(options)).value();
  }
  ~Served() {
    log.reset();
    std::filesystem::remove(file);
  }
  Served(const Served&) = delete;
  Served& operator=(const Served&) = delete;

  std::filesystem::path file =
      std::filesystem::temp_directory_path() / ("decisions-" + std::to_string(::getpid()));
  std::unique_ptr<DecisionLog> log;
  SystemClock clock;
  MemoryWarehouse warehouse;
  Catalog catalog;
  Reloader reloader{warehouse, catalog, clock, {}};

  std::unique_ptr<Api> start() {
    warehouse.publish(kVoucherId, voucher_snapshot());
    reloader.look();
    Services services;
    services.clock = &clock;
    services.decision_log = log.get();
    return std::make_unique<Api>(catalog, std::move(services));
  }
};

void send(benchmark::State& state, std::string_view path, std::string_view body,
          std::int64_t decisions, bool logged = false) {
  Served served(logged);
  const auto api = served.start();
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
    api->handle(request, response);
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

void classic_logged(benchmark::State& state) {
  send(state, "/get-segment-voucher", kDocumentedRequest, 1, true);
}
void decision_logged(benchmark::State& state) {
  send(state, "/v1/customer/voucher/decisions", kDocumentedRequest, 1, true);
}

BENCHMARK(classic);
BENCHMARK(classic_logged);
BENCHMARK(decision);
BENCHMARK(decision_logged);
BENCHMARK(refusal);
BENCHMARK(batch_of_a_thousand);

}  // namespace
}  // namespace voucher
