// Prepared statements and how they are run: in small steps on the caller's thread (DuckDB's own
// threads work beside it), so that it can report progress and stop in between.
#pragma once

#include <duckdb.h>

#include <memory>
#include <string>
#include <type_traits>

#include "base/result.h"
#include "engine/duckdb/connection.h"
#include "engine/duckdb/query_result.h"

namespace voucher::duckdb {

enum class ResultMode { kMaterialised, kStreaming };

class Prepared {
 public:
  /// Takes ownership of a prepared statement; see prepare().
  explicit Prepared(duckdb_prepared_statement statement) : handle_(statement) {}

  /// Parses and plans one statement.
  [[nodiscard]] static Result<Prepared> prepare(duckdb_connection connection,
                                                const std::string& sql);
  [[nodiscard]] Result<> bind(const Parameters& parameters) const;
  /// Runs it to its end, or to its first rows when streaming. kInterrupted once a stop is asked.
  [[nodiscard]] Result<QueryResult> run(duckdb_connection connection, const Watch& watch,
                                        ResultMode mode) const;

 private:
  struct Destroy {
    void operator()(duckdb_prepared_statement statement) const {
      duckdb_destroy_prepare(&statement);
    }
  };
  std::unique_ptr<std::remove_pointer_t<duckdb_prepared_statement>, Destroy> handle_;
};

/// The statements of a text, each prepared when its turn comes (it may need what earlier ones
/// make).
class Statements {
 public:
  [[nodiscard]] static Result<Statements> parse(duckdb_connection connection,
                                                const std::string& sql);
  [[nodiscard]] std::size_t count() const { return count_; }
  [[nodiscard]] Result<Prepared> prepare(duckdb_connection connection, std::size_t index) const;

 private:
  struct Destroy {
    void operator()(duckdb_extracted_statements statements) const {
      duckdb_destroy_extracted(&statements);
    }
  };
  Statements(duckdb_extracted_statements statements, std::size_t count)
      : handle_(statements), count_(count) {}
  std::unique_ptr<std::remove_pointer_t<duckdb_extracted_statements>, Destroy> handle_;
  std::size_t count_;
};

}  // namespace voucher::duckdb
