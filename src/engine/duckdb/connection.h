// A thin layer over DuckDB's C API: owned handles, errors as Results, statements that can be
// stopped and that report progress. A Database may be shared by threads; a Connection is for one
// thread at a time.
#pragma once

#include <duckdb.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/calendar.h"
#include "base/progress.h"
#include "base/result.h"
#include "engine/duckdb/query_result.h"

namespace voucher::duckdb {

struct DatabaseOptions {
  std::filesystem::path file{};                      ///< empty: in memory
  bool read_only = false;                            ///< for a file
  unsigned threads = 0;                              ///< 0: one per core
  std::optional<std::int64_t> memory_limit_bytes{};  ///< absent: 80 % of the machine's memory
  std::filesystem::path temp_directory{};            ///< for spilling; empty: nothing is spilled
  std::vector<std::pair<std::string, std::string>> settings{};  ///< further DuckDB settings
};

/// The value of a `?` or `$1` in a statement; monostate is NULL.
using Parameter = std::variant<std::monostate, std::int64_t, double, bool, std::string, Timestamp>;
using Parameters = std::vector<Parameter>;

/// How a statement is watched while it runs.
struct Watch {
  const JobControl* control = nullptr;   ///< null: neither progress nor stopping
  std::string_view stage{};              ///< the name in its progress events
  std::function<std::int64_t()> rows{};  ///< rows done so far; empty: DuckDB's own estimate
  std::int64_t rows_expected = 0;        ///< 0: unknown
};

class Connection;

/// An open database. Extensions are neither installed nor loaded, and the network is not touched.
class Database {
 public:
  /// kUnavailable where the file is missing (read-only), locked or unreadable, or the folder is.
  [[nodiscard]] static Result<Database> open(const DatabaseOptions& options);

  /// A new connection; it keeps the database open for as long as it lives. Its time zone is UTC.
  [[nodiscard]] Result<Connection> connect() const;

 private:
  struct Close {
    void operator()(duckdb_database database) const { duckdb_close(&database); }
  };
  using Handle = std::shared_ptr<std::remove_pointer_t<duckdb_database>>;
  explicit Database(Handle handle) : handle_(std::move(handle)) {}
  Handle handle_;
  friend class Connection;
};

class Connection {
 public:
  /// Runs one or more statements separated by `;`, and drops their results. Parameters need a
  /// single statement. Gives the rows that the last one changed.
  Result<std::int64_t> execute(const std::string& sql, const Parameters& parameters = {},
                               const Watch& watch = {});
  /// Runs one statement and holds its whole result.
  [[nodiscard]] Result<QueryResult> query(const std::string& sql, const Parameters& parameters = {},
                                          const Watch& watch = {});
  /// Runs one statement whose rows are computed while they are read: for results of any size.
  /// Stopping is up to the reader.
  [[nodiscard]] Result<QueryResult> stream(const std::string& sql,
                                           const Parameters& parameters = {});
  /// The first value of the first row as an integer. REQUIRES: it exists and is not NULL.
  [[nodiscard]] Result<std::int64_t> query_integer(const std::string& sql,
                                                   const Parameters& parameters = {});

  /// For what this layer leaves out, such as registering functions. Still owned by the connection.
  [[nodiscard]] duckdb_connection handle() const { return handle_.get(); }

 private:
  struct Disconnect {
    void operator()(duckdb_connection connection) const { duckdb_disconnect(&connection); }
  };
  Connection(Database::Handle database, duckdb_connection connection)
      : database_(std::move(database)), handle_(connection) {}

  Database::Handle database_;  // before handle_: the connection is closed first
  std::unique_ptr<std::remove_pointer_t<duckdb_connection>, Disconnect> handle_;
  friend class Database;
};

/// Adds rows to a table in bulk. Values are given in column order, each row ended by end_row();
/// close() must be called, and reports what went wrong.
class Appender {
 public:
  /// kInternal where there is no such table.
  [[nodiscard]] static Result<Appender> open(Connection& connection, const std::string& schema,
                                             const std::string& table);

  Appender& add(std::int64_t value);
  Appender& add(Timestamp value);
  Appender& add(double value);
  Appender& add(bool value);
  Appender& add(std::string_view value);
  Appender& add(const char* value) { return add(std::string_view(value)); }  // not as bool
  Appender& add_null();
  void end_row();
  /// Flushes; the first failure of any call since open().
  [[nodiscard]] Result<> close();

 private:
  struct Destroy {
    void operator()(duckdb_appender appender) const { duckdb_appender_destroy(&appender); }
  };
  explicit Appender(duckdb_appender appender) : handle_(appender) {}
  void note(duckdb_state state);

  std::unique_ptr<std::remove_pointer_t<duckdb_appender>, Destroy> handle_;
  std::optional<Error> failure_;
};

}  // namespace voucher::duckdb
