#include <fmt/format.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <csignal>
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
    flags.add("--decision-log", decision_log_,
              "File that each decision is appended to as a JSON line (default: none)");
    flags.add("--decision-log-buffer", decision_log_buffer_,
              "Memory for decisions not yet written, of each thread that serves");
  }

  Result<ExitCode> execute(Session& session) override {
    if (port_ > 65535) return fail(ErrorKind::kUsage, "--port is 0 to 65535, not {}", port_);
    ReloaderOptions options;
    options.interval = session.reload_interval();
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
    const auto decision_log = TRY(start_decision_log(logger));
    services.decision_log = decision_log.get();
    Api api(catalog, std::move(services));
    reloader.look();
    server = TRY(listen(api));
    reloader.start();
    announce(session, server->port());
    serve_until_stopped(*server, session.control().stop);
    return ExitCode::kDone;
  }

 private:
  /// nullptr where decisions are not logged.
  Result<std::unique_ptr<DecisionLog>> start_decision_log(
      const std::shared_ptr<spdlog::logger>& logger) const {
    if (decision_log_.empty()) return nullptr;
    DecisionLogOptions options;
    options.file = decision_log_;
    options.buffer_bytes = TRY(buffer_bytes());
    options.tell = [logger](bool failing, std::string_view message) {
      logger->log(failing ? spdlog::level::warn : spdlog::level::info, "{}", message);
    };
    // Whoever rotates logs sends it; the log follows a rename by itself.
    std::signal(SIGHUP, SIG_IGN);
    return DecisionLog::start(std::move(options));
  }

  [[nodiscard]] Result<std::size_t> buffer_bytes() const {
    constexpr std::int64_t kLeast = 16'384;
    constexpr std::int64_t kMost = std::int64_t{1} << 30;
    const std::int64_t bytes = TRY(parse_bytes(decision_log_buffer_));
    if (bytes < kLeast || bytes > kMost) {
      return fail(ErrorKind::kUsage, "--decision-log-buffer is 16KiB to 1GiB, not {}",
                  decision_log_buffer_);
    }
    return static_cast<std::size_t>(bytes / 8 * 8);
  }

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
  std::string decision_log_;
  std::string decision_log_buffer_ = "4MiB";
};

}  // namespace

std::unique_ptr<Command> make_serve_command() {
  return std::make_unique<ServeCommand>();
}

}  // namespace voucher
