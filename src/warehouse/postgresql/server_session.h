// The one connection of a warehouse: made when it is first needed, made again after the server or
// the network went away, and bound to the writer lock while that is held. One thread at a time.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>

#include "warehouse/postgresql/connection.h"
#include "warehouse/postgresql/transaction.h"
#include "warehouse/warehouse.h"

namespace voucher::postgresql {

class ServerSession {
 public:
  /// A request by `stop` ends every wait for the server.
  ServerSession(ServerAddress address, std::stop_token stop)
      : address_(std::move(address)), stop_(std::move(stop)) {}

  /// Runs `work` on a live connection, which it reads by. Where the connection turns out to be
  /// gone, a new one is made and `work` runs once more. Attempts to connect keep a distance that
  /// grows up to 2 s: in between, the last failure is given again.
  template <class Work>
  [[nodiscard]] auto read(const Work& work) -> decltype(work(std::declval<Connection&>())) {
    Connection* connection = TRY(reading());
    auto outcome = work(*connection);
    if (outcome) return outcome;
    if (connection->alive() || lock_ || stop_.stop_requested()) {
      explain(outcome.error(), false);
      return outcome;
    }
    connection = TRY(reading());
    auto again = work(*connection);
    if (!again) explain(again.error(), false);
    return again;
  }

  /// As read(), for work that is quick: a server that leaves it without an answer is taken for
  /// gone.
  template <class Work>
  [[nodiscard]] auto look(const Work& work) -> decltype(work(std::declval<Connection&>())) {
    return read([&](Connection& connection) {
      if (!lock_) connection.limit_waits(kLookPatience);
      auto outcome = work(connection);
      connection.limit_waits({});
      return outcome;
    });
  }

  /// Runs `work` on the connection that holds the lock. kUnavailable where it is gone, and the lock
  /// with it. REQUIRES: lock().
  template <class Work>
  [[nodiscard]] auto write(const Work& work) -> decltype(work(std::declval<Connection&>())) {
    Connection* connection = TRY(writing());
    auto outcome = work(*connection);
    if (!outcome) explain(outcome.error(), true);
    return outcome;
  }

  /// Ends a transaction of write(). Where its answer is lost with the connection, connects again,
  /// takes the lock back (which the lost session holds for as long as it may still commit), and
  /// lets `committed` look for what the transaction wrote. Then write() goes on as before.
  [[nodiscard]] Result<> commit(Transaction transaction,
                                const std::function<Result<bool>(Connection&)>& committed);

  /// Takes the writer lock of a dataset for this session, as the role that owns the warehouse's
  /// schema where this user is a member of it. `task` is what others see of the session.
  [[nodiscard]] Result<> lock(const DatasetId& id, std::string_view task);
  /// Notes who holds the lock, for whoever comes second. REQUIRES: lock(), the dataset's row.
  [[nodiscard]] Result<> note_writer(const std::string& description);
  void unlock();

  /// Waits until a publication is told of, at most so long.
  void wait_for_news(std::chrono::milliseconds timeout, const std::stop_token& stop);

 private:
  using Instant = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::milliseconds kLookPatience{4000};
  struct Lock {
    DatasetId id;
    std::string application;  ///< name of the session while it holds the lock
  };

  [[nodiscard]] Result<Connection*> reading();
  [[nodiscard]] Result<Connection*> writing();
  [[nodiscard]] Result<> connect();
  [[nodiscard]] Result<> become_writer(const Lock& lock);
  [[nodiscard]] Result<bool> take_lock_back();
  /// Adds what to grant to an error of a missing privilege.
  void explain(Error& error, bool writes) const;
  void listen();

  ServerAddress address_;
  std::stop_token stop_;
  std::optional<Connection> connection_;
  std::optional<Lock> lock_;
  std::optional<Error> last_failure_;  ///< of an attempt to connect
  Instant failed_at_{};
  std::chrono::milliseconds patience_{0};  ///< until the next attempt
  bool listening_ = false;                 ///< LISTEN on every connection
};

/// The key of a dataset's advisory lock.
[[nodiscard]] std::int64_t advisory_key(const DatasetId& id);

}  // namespace voucher::postgresql
