#include <fmt/format.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <nlohmann/json.hpp>

#include "api/api.h"
#include "api/reloader.h"
#include "cli/commands/entries.h"

namespace voucher {
namespace {

/// "customer/voucher" -> its two names.
Result<DatasetId> parse_dataset_id(const std::string& text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string::npos || slash == 0 || slash + 1 == text.size() ||
      text.find('/', slash + 1) != std::string::npos) {
    return fail(ErrorKind::kUsage, "--classic names a dataset like customer/voucher, not '{}'",
                text);
  }
  return DatasetId{text.substr(0, slash), text.substr(slash + 1)};
}

std::shared_ptr<spdlog::logger> make_logger(bool quiet) {
  auto logger = std::make_shared<spdlog::logger>(
      "serve", std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
  logger->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc);
  logger->set_level(quiet ? spdlog::level::warn : spdlog::level::info);
  logger->flush_on(spdlog::level::info);
  return logger;
}

class ServeCommand final : public Command {
 public:
  void declare(Flags& flags) override {
    flags.add("--host", host_, "Address to listen on");
    flags.add("--port", port_, "Port to listen on; 0 takes a free one and prints it");
    flags.add("--threads", threads_, "Threads that serve (default: one per core)");
    flags.add("--classic", classic_,
              "Dataset behind /get-segment-voucher (default: customer/voucher, else the only one)");
    flags.add("--api-keys", api_keys_,
              "File with the SHA-256 of each key that may ask; without it all may");
  }

  Result<ExitCode> execute(Session& session) override {
    if (port_ > 65535) return fail(ErrorKind::kUsage, "--port is 0 to 65535, not {}", port_);
    ReloaderOptions options;
    if (!session.flags().domain.empty() || !session.flags().dataset.empty())
      options.only = TRY(session.dataset_id());
    if (!classic_.empty()) options.classic = TRY(parse_dataset_id(classic_));
    const auto logger = make_logger(session.flags().quiet);
    options.log = [logger](ReloadEvent event, std::string_view message) {
      logger->log(event == ReloadEvent::kFailed ? spdlog::level::warn : spdlog::level::info, "{}",
                  message);
    };
    Services services;
    services.clock = &session.clock();
    if (!api_keys_.empty()) services.keys = TRY(ApiKeys::load(api_keys_));

    const auto warehouse = TRY(session.warehouse());
    Catalog catalog;
    Reloader reloader(*warehouse, catalog, session.clock(), options);
    std::unique_ptr<http::Server> server;
    services.reload_statistics = [&reloader] { return reloader.statistics(); };
    services.server_statistics = [&server] {
      return server ? server->statistics() : http::ServerStatistics{};
    };
    Api api(catalog, std::move(services));
    reloader.look();
    server = TRY(listen(api));
    reloader.start();
    announce(session, server->port());
    serve_until_stopped(*server, session.control().stop);
    return ExitCode::kDone;
  }

 private:
  Result<std::unique_ptr<http::Server>> listen(Api& api) const {
    http::ServerOptions options;
    options.host = host_;
    options.port = static_cast<std::uint16_t>(port_);
    options.threads = threads_;
    options.handler = api.handler();
    options.error_page = api.error_page();
    options.body_limit = Api::body_limit();
    return http::Server::listen(std::move(options));
  }

  /// The only line on stdout: scripts read the port from it.
  void announce(const Session& session, std::uint16_t port) const {
    const std::string url = fmt::format(
        "http://{}:{}", host_.find(':') == std::string::npos ? host_ : "[" + host_ + "]", port);
    session.print({{"url", url}, {"host", host_}, {"port", port}},
                  fmt::format("listening on {}  (docs: {}/docs)\n", url, url));
  }

  static void serve_until_stopped(http::Server& server, const std::stop_token& stop) {
    const std::stop_callback on_stop(stop, [&server] { server.stop(); });
    server.run();
  }

  std::string host_ = "127.0.0.1";
  std::uint64_t port_ = 8000;
  unsigned threads_ = 0;
  std::string classic_;
  std::string api_keys_;
};

}  // namespace

std::unique_ptr<Command> make_serve_command() {
  return std::make_unique<ServeCommand>();
}

}  // namespace voucher
