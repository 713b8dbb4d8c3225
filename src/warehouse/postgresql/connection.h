// A thin layer over libpq: an owned connection, results with typed access, errors as Results, and
// waits that a stop token ends. One thread at a time.
#pragma once

#include <libpq-fe.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "warehouse/postgresql/server_address.h"
#include "warehouse/postgresql/server_error.h"

namespace voucher::postgresql {

/// Values of `$1`, `$2`, … as text; nullopt is NULL.
using Parameters = std::vector<std::optional<std::string>>;

struct ClearResult {
  void operator()(PGresult* result) const { PQclear(result); }
};
using ResultHandle = std::unique_ptr<PGresult, ClearResult>;

/// The rows that a query gave. Text is valid for as long as this lives.
class Rows {
 public:
  explicit Rows(ResultHandle result) : result_(std::move(result)) {}

  [[nodiscard]] std::size_t size() const {
    return static_cast<std::size_t>(PQntuples(result_.get()));
  }
  [[nodiscard]] bool empty() const { return size() == 0; }
  [[nodiscard]] bool is_null(std::size_t row, int column) const {
    return PQgetisnull(result_.get(), static_cast<int>(row), column) != 0;
  }
  /// Empty where NULL.
  [[nodiscard]] std::string_view text(std::size_t row, int column) const;
  [[nodiscard]] std::optional<std::string_view> text_or_null(std::size_t row, int column) const;
  /// REQUIRES: an integer that is not NULL.
  [[nodiscard]] std::int64_t integer(std::size_t row, int column) const;
  [[nodiscard]] std::optional<std::int64_t> integer_or_null(std::size_t row, int column) const;
  [[nodiscard]] bool boolean(std::size_t row, int column) const { return text(row, column) == "t"; }
  /// Rows that an INSERT, UPDATE, DELETE or COPY touched.
  [[nodiscard]] std::int64_t rows_changed() const;

 private:
  ResultHandle result_;
};

class Connection {
 public:
  /// Connects, and sets the session up: UTC, no search path, no timeouts but for locks.
  /// `application` is what others see of it. A wait for a server that does not answer ends after
  /// the address's connect_timeout, by default 5 s. A request by `stop` ends waits for as long as
  /// the connection lives: the running statement is cancelled, and a server that does not even
  /// answer that is taken for gone.
  [[nodiscard]] static Result<Connection> open(const ServerAddress& address,
                                               const std::string& application,
                                               const std::stop_token& stop);

  /// Runs one statement. A stop request cancels it in the server: kInterrupted.
  [[nodiscard]] Result<Rows> query(const std::string& sql, const Parameters& parameters = {},
                                   const std::stop_token& stop = {});
  /// Runs one or more statements separated by `;`, and drops their results.
  Result<> execute(const std::string& sql, const std::stop_token& stop = {});

  /// From now on a server that answers nothing for so long is taken for gone: alive() is false
  /// then. Zero: wait for ever.
  void limit_waits(std::chrono::milliseconds patience) { patience_ = patience; }
  /// Whether it can still be used; false after the server or the network went away.
  [[nodiscard]] bool alive() const {
    return !given_up_ && PQstatus(handle_.get()) == CONNECTION_OK;
  }
  /// Whether a transaction has begun and not ended.
  [[nodiscard]] bool in_transaction() const;
  /// Of the last failure; empty where libpq failed by itself.
  [[nodiscard]] const std::string& last_sqlstate() const { return last_sqlstate_; }
  /// "host:port/database".
  [[nodiscard]] std::string place() const;

  /// For what this layer leaves out. Still owned by the connection.
  [[nodiscard]] PGconn* handle() const { return handle_.get(); }

  /// Waits until the socket can be read (or, `to_write`, written), at most `timeout`; false where
  /// nothing happened.
  [[nodiscard]] bool wait(bool to_write, std::chrono::milliseconds timeout) const;
  /// The next result of the running statement, waited for; null after the last. A stop request
  /// cancels the statement.
  [[nodiscard]] ResultHandle next_result(const std::stop_token& stop);
  /// What a failed result (or, where null, the connection) tells.
  [[nodiscard]] std::unexpected<Error> failure(const PGresult* result, const std::stop_token& stop);
  /// Takes the server for gone.
  void give_up() { given_up_ = true; }
  /// Asks the server to end the running statement, without waiting for its answer.
  void cancel() const;

 private:
  struct Finish {
    void operator()(PGconn* connection) const { PQfinish(connection); }
  };
  Connection(PGconn* handle, ServerAddress address, std::stop_token stop)
      : handle_(handle), address_(std::move(address)), leave_(std::move(stop)) {}
  [[nodiscard]] bool is_stopped(const std::stop_token& stop) const {
    return stop.stop_requested() || leave_.stop_requested();
  }
  [[nodiscard]] Result<Rows> finish(const std::stop_token& stop);

  std::unique_ptr<PGconn, Finish> handle_;
  ServerAddress address_;
  std::string last_sqlstate_;
  std::stop_token leave_;
  std::chrono::milliseconds patience_{0};
  bool given_up_ = false;
};

}  // namespace voucher::postgresql
