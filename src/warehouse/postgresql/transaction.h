// A transaction that is rolled back unless it is committed.
#pragma once

#include <tuple>

#include "warehouse/postgresql/connection.h"

namespace voucher::postgresql {

class Transaction {
 public:
  [[nodiscard]] static Result<Transaction> begin(Connection& connection) {
    TRY(connection.execute("BEGIN"));
    return Transaction(connection);
  }
  /// Everything read in it is of one instant.
  [[nodiscard]] static Result<Transaction> begin_reading(Connection& connection) {
    TRY(connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"));
    return Transaction(connection);
  }
  ~Transaction() {
    if (connection_ != nullptr && connection_->alive() && connection_->in_transaction())
      std::ignore = connection_->execute("ROLLBACK");
  }
  Transaction(Transaction&& other) noexcept
      : connection_(std::exchange(other.connection_, nullptr)) {}
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  Transaction& operator=(Transaction&&) = delete;

  /// REQUIRES: every statement in it succeeded. Where the connection ends here, the outcome is not
  /// known: ServerSession::commit() finds it out.
  [[nodiscard]] Result<> commit() { return std::exchange(connection_, nullptr)->execute("COMMIT"); }

 private:
  explicit Transaction(Connection& connection) : connection_(&connection) {}
  Connection* connection_;
};

}  // namespace voucher::postgresql
