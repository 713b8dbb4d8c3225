#include "warehouse/postgresql/connection.h"

#include <poll.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <thread>

#include "base/check.h"
#include "sql/quote.h"

namespace voucher::postgresql {
namespace {

using SteadyClock = std::chrono::steady_clock;
using std::chrono::milliseconds;

/// How often a wait looks at its stop token.
constexpr milliseconds kSlice{50};
constexpr const char* kConnectTimeout = "5";

/// Nothing that a user or a database sets by default may change what statements mean or end them;
/// waits for locks stay bounded.
constexpr const char* kSessionSettings =
    "SET search_path = pg_catalog; SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; "
    "SET client_encoding = 'UTF8'; SET standard_conforming_strings = on; "
    "SET client_min_messages = warning; SET lock_timeout = '10s'; SET statement_timeout = 0; "
    "SET idle_in_transaction_session_timeout = 0; SET idle_session_timeout = 0";

class Options {
 public:
  void add(const char* keyword, const char* value) {
    keywords_.push_back(keyword);
    values_.push_back(value);
  }
  [[nodiscard]] const char* const* keywords() {
    if (keywords_.empty() || keywords_.back() != nullptr) add(nullptr, nullptr);
    return keywords_.data();
  }
  [[nodiscard]] const char* const* values() const { return values_.data(); }

 private:
  std::vector<const char*> keywords_;
  std::vector<const char*> values_;
};

/// Defaults come before the address, which overrides them. A service file could set them as well,
/// but not override: with one, libpq's own defaults stand.
Options options_of(const ServerAddress& address, const std::string& application) {
  Options options;
  const bool has_service = address.gives("service") || std::getenv("PGSERVICE") != nullptr;
  if (!has_service && std::getenv("PGCONNECT_TIMEOUT") == nullptr)
    options.add("connect_timeout", kConnectTimeout);
  if (!has_service) {
    options.add("keepalives_idle", "30");
    options.add("keepalives_interval", "10");
    options.add("keepalives_count", "3");
    options.add("tcp_user_timeout", "60000");
  }
  options.add("fallback_application_name", application.c_str());
  options.add("dbname", address.connection_string().c_str());
  return options;
}

milliseconds connect_timeout(PGconn* connection) {
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(PQconninfo(connection),
                                                                             &PQconninfoFree);
  int seconds = 0;
  for (const PQconninfoOption* option = options.get(); option && option->keyword; ++option) {
    if (std::string_view(option->keyword) == "connect_timeout" && option->val != nullptr)
      seconds = std::atoi(option->val);
  }
  return seconds > 0 ? std::chrono::seconds(seconds) : milliseconds::max();
}

bool poll_socket(int socket, bool to_write, milliseconds timeout) {
  pollfd entry{socket, static_cast<short>(to_write ? POLLIN | POLLOUT : POLLIN), 0};
  return ::poll(&entry, 1, static_cast<int>(timeout.count())) > 0;
}

enum class Outcome { kConnected, kFailed, kTimedOut, kStopped };

/// Drives a connection that has been started; the server's refusals come with their SQLSTATE.
Outcome complete(PGconn* connection, const std::stop_token& stop) {
  PQsetErrorVerbosity(connection, PQERRORS_VERBOSE);
  const milliseconds patience = connect_timeout(connection);
  const auto begin = SteadyClock::now();
  PostgresPollingStatusType status = PGRES_POLLING_WRITING;
  while (status != PGRES_POLLING_OK) {
    if (PQstatus(connection) == CONNECTION_BAD || status == PGRES_POLLING_FAILED)
      return Outcome::kFailed;
    if (stop.stop_requested()) return Outcome::kStopped;
    if (SteadyClock::now() - begin > patience) return Outcome::kTimedOut;
    if (poll_socket(PQsocket(connection), status == PGRES_POLLING_WRITING, kSlice))
      status = PQconnectPoll(connection);
  }
  PQsetErrorVerbosity(connection, PQERRORS_DEFAULT);
  return Outcome::kConnected;
}

Error connection_error(PGconn* connection, const ServerAddress& address) {
  ServerMessage message = parse_connection_failure(PQerrorMessage(connection));
  message.primary = address.redact(std::move(message.primary));
  const bool by_address = !address.connection_string().empty();
  const std::string what = fmt::format("cannot connect to the warehouse {}",
                                       by_address ? address.shown() : "of the PG* variables");
  if (message.sqlstate.empty() && PQconnectionNeedsPassword(connection) != 0)
    message.sqlstate = "28P01";
  Error error = to_error(message, what);
  if (message.sqlstate == kInsufficientPrivilege) {
    error.message +=
        fmt::format(" (GRANT CONNECT ON DATABASE {} TO {})", sql::quote_if_needed(PQdb(connection)),
                    sql::quote_if_needed(PQuser(connection)));
  }
  if (message.primary.find("does not support SSL") != std::string::npos ||
      message.primary.find("certificate") != std::string::npos) {
    error.kind = ErrorKind::kRefused;
    error.message += ", and speaks TLS as sslmode asks for";
  }
  return error;
}

}  // namespace

std::string_view Rows::text(std::size_t row, int column) const {
  const int at = static_cast<int>(row);
  return {PQgetvalue(result_.get(), at, column),
          static_cast<std::size_t>(PQgetlength(result_.get(), at, column))};
}

std::optional<std::string_view> Rows::text_or_null(std::size_t row, int column) const {
  if (is_null(row, column)) return std::nullopt;
  return text(row, column);
}

std::int64_t Rows::integer(std::size_t row, int column) const {
  const std::string_view digits = text(row, column);
  std::int64_t value = 0;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  CHECK(parsed.ec == std::errc() && parsed.ptr == digits.data() + digits.size());
  return value;
}

std::optional<std::int64_t> Rows::integer_or_null(std::size_t row, int column) const {
  if (is_null(row, column)) return std::nullopt;
  return integer(row, column);
}

std::int64_t Rows::rows_changed() const {
  return std::strtoll(PQcmdTuples(result_.get()), nullptr, 10);
}

Result<Connection> Connection::open(const ServerAddress& address, const std::string& application,
                                    const std::stop_token& stop) {
  Options options = options_of(address, application);
  const auto start = [&](auto connect) {
    return Connection(connect(options.keywords(), options.values(), 1), address, stop);
  };
  Connection connection = start(PQconnectStartParams);
  if (connection.handle_ == nullptr) return fail(ErrorKind::kUnavailable, "out of memory");
  Outcome outcome = complete(connection.handle_.get(), stop);
  if (outcome == Outcome::kTimedOut && address.connection_string().find(',') != std::string::npos) {
    // Only libpq's blocking call goes on to the next host after a time-out.
    connection = start(PQconnectdbParams);
    outcome = connection.alive() ? Outcome::kConnected : Outcome::kFailed;
  }
  if (outcome == Outcome::kStopped) return fail(ErrorKind::kInterrupted, "interrupted");
  if (outcome == Outcome::kTimedOut) {
    return fail(ErrorKind::kUnavailable,
                "cannot connect to the warehouse {}: no answer in time: check that the server runs "
                "and is reachable",
                address.shown());
  }
  if (outcome == Outcome::kFailed)
    return std::unexpected(connection_error(connection.handle_.get(), address));
  PQsetNoticeProcessor(connection.handle_.get(), [](void*, const char*) {}, nullptr);
  TRY(connection.execute(kSessionSettings, stop));
  const Rows encoding = TRY(connection.query("SHOW server_encoding", {}, stop));
  if (encoding.text(0, 0) != "UTF8") {
    return fail(ErrorKind::kRefused,
                "database of the warehouse has the encoding {}: create one with ENCODING 'UTF8'",
                encoding.text(0, 0));
  }
  return connection;
}

std::string Connection::place() const {
  PGconn* connection = handle_.get();
  return fmt::format("{}:{}/{}", PQhost(connection), PQport(connection), PQdb(connection));
}

bool Connection::in_transaction() const {
  return PQtransactionStatus(handle_.get()) != PQTRANS_IDLE;
}

bool Connection::wait(bool to_write, milliseconds timeout) const {
  return poll_socket(PQsocket(handle_.get()), to_write, timeout);
}

void Connection::cancel() const {
  std::shared_ptr<PGcancel> request(PQgetCancel(handle_.get()), &PQfreeCancel);
  if (!request) return;
  // libpq waits here for a server that may never answer: not in this thread.
  std::thread([request] {
    std::array<char, 256> message{};
    PQcancel(request.get(), message.data(), static_cast<int>(message.size()));
  }).detach();
}

ResultHandle Connection::next_result(const std::stop_token& stop) {
  constexpr milliseconds kCancelAgain{500};
  constexpr milliseconds kLastWords{1500};
  PGconn* connection = handle_.get();
  // What is begun after the request, such as a ROLLBACK, is not cancelled, but not waited for long.
  const bool stopped_before = is_stopped(stop);
  std::optional<SteadyClock::time_point> stopped;
  auto cancelled = SteadyClock::time_point::min();
  auto heard = SteadyClock::now();
  while (PQisBusy(connection) != 0) {
    const bool flushed = PQflush(connection) == 0;
    if (wait(!flushed, kSlice)) {
      if (PQconsumeInput(connection) == 0) break;
      heard = SteadyClock::now();
    }
    const auto now = SteadyClock::now();
    if (is_stopped(stop) && !stopped) stopped = now;
    // A request that comes just before the statement begins is lost: ask again.
    if (stopped && !stopped_before && now > cancelled + kCancelAgain) {
      cancel();
      cancelled = now;
    }
    const bool silent = patience_.count() > 0 && now - heard > patience_;
    if (silent || (stopped && now - *stopped > kLastWords)) {
      given_up_ = true;
      return nullptr;
    }
  }
  return ResultHandle(PQgetResult(connection));
}

std::unexpected<Error> Connection::failure(const PGresult* result, const std::stop_token& stop) {
  const auto field = [&](int code) -> std::string {
    const char* value = result == nullptr ? nullptr : PQresultErrorField(result, code);
    return value == nullptr ? "" : value;
  };
  ServerMessage message{field(PG_DIAG_SQLSTATE), field(PG_DIAG_MESSAGE_PRIMARY),
                        field(PG_DIAG_MESSAGE_DETAIL), field(PG_DIAG_MESSAGE_HINT)};
  last_sqlstate_ = message.sqlstate;
  if (is_stopped(stop) && (given_up_ || message.sqlstate == kQueryCanceled))
    return fail(ErrorKind::kInterrupted, "interrupted");
  if (given_up_) message.primary = "the server does not answer";
  if (message.primary.empty()) message = parse_connection_failure(PQerrorMessage(handle_.get()));
  message.primary = address_.redact(std::move(message.primary));
  return std::unexpected(to_error(message, fmt::format("warehouse {}", address_.shown())));
}

Result<Rows> Connection::finish(const std::stop_token& stop) {
  std::optional<Error> first_failure;
  ResultHandle last;
  while (ResultHandle result = next_result(stop)) {
    const ExecStatusType status = PQresultStatus(result.get());
    if (status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE) {
      if (!first_failure) first_failure = failure(result.get(), stop).error();
    } else {
      CHECK(status != PGRES_COPY_IN && status != PGRES_COPY_OUT);
      last = std::move(result);
    }
  }
  if (first_failure) return std::unexpected(*std::move(first_failure));
  if (!last) return failure(nullptr, stop);
  return Rows(std::move(last));
}

Result<Rows> Connection::query(const std::string& sql, const Parameters& parameters,
                               const std::stop_token& stop) {
  last_sqlstate_.clear();
  if (stop.stop_requested()) return fail(ErrorKind::kInterrupted, "interrupted");
  std::vector<const char*> values;
  for (const auto& value : parameters) values.push_back(value ? value->c_str() : nullptr);
  if (PQsendQueryParams(handle_.get(), sql.c_str(), static_cast<int>(values.size()), nullptr,
                        values.data(), nullptr, nullptr, 0) == 0) {
    return failure(nullptr, stop);
  }
  return finish(stop);
}

Result<> Connection::execute(const std::string& sql, const std::stop_token& stop) {
  last_sqlstate_.clear();
  if (stop.stop_requested()) return fail(ErrorKind::kInterrupted, "interrupted");
  if (PQsendQuery(handle_.get(), sql.c_str()) == 0) return failure(nullptr, stop);
  TRY(finish(stop));
  return {};
}

}  // namespace voucher::postgresql
