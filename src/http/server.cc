#include "http/server.h"

#include <atomic>
#include <boost/asio/post.hpp>
#include <thread>
#include <utility>
#include <vector>

#include "base/check.h"
#include "http/event_loop.h"
#include "http/listener.h"

namespace voucher::http {
namespace {

std::vector<std::unique_ptr<EventLoop>> make_loops(const ServerOptions& options) {
  const unsigned wanted =
      options.threads != 0 ? options.threads : std::thread::hardware_concurrency();
  std::vector<std::unique_ptr<EventLoop>> loops;
  do {
    loops.push_back(std::make_unique<EventLoop>(options));
  } while (loops.size() < wanted);
  return loops;
}

class LoopServer final : public Server {
 public:
  explicit LoopServer(ServerOptions options)
      : options_(std::move(options)), loops_(make_loops(options_)), listener_(loops_) {}

  [[nodiscard]] Result<> open() { return listener_.open(options_.host, options_.port); }

  [[nodiscard]] std::uint16_t port() const override { return listener_.port(); }

  void run() override {
    boost::asio::post(loops_[0]->context(), [this] {
      if (!stopped_) listener_.start();
    });
    std::vector<std::jthread> threads;
    for (std::size_t at = 1; at < loops_.size(); ++at) {
      threads.emplace_back([loop = loops_[at].get()] { loop->run(); });
    }
    loops_[0]->run();
  }

  // The listener goes first, on its own thread: what it still hands out reaches the loops before
  // they are told to stop.
  void stop() override {
    if (stopped_.exchange(true)) return;
    boost::asio::post(loops_[0]->context(), [this] {
      listener_.stop();
      for (const auto& loop : loops_) loop->stop();
    });
  }

  [[nodiscard]] ServerStatistics statistics() const override {
    ServerStatistics statistics;
    statistics.connections_accepted = listener_.accepted();
    statistics.connections_refused = listener_.refused();
    for (const auto& loop : loops_) {
      statistics.connections_open += loop->connection_count();
      statistics.requests += loop->requests.value();
      statistics.protocol_errors += loop->protocol_errors.value();
    }
    return statistics;
  }

 private:
  const ServerOptions options_;
  const std::vector<std::unique_ptr<EventLoop>> loops_;
  Listener listener_;
  std::atomic<bool> stopped_ = false;
};

}  // namespace

Result<std::unique_ptr<Server>> Server::listen(ServerOptions options) {
  CHECK(options.handler && options.error_page);
  auto server = std::make_unique<LoopServer>(std::move(options));
  TRY(server->open());
  return server;
}

}  // namespace voucher::http
