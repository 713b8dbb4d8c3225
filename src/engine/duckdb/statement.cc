#include "engine/duckdb/statement.h"

#include <chrono>
#include <thread>

#include "base/check.h"
#include "engine/duckdb/errors.h"

namespace voucher::duckdb {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr auto kBetweenReports = std::chrono::milliseconds(250);
constexpr auto kIdleSleep = std::chrono::microseconds(200);

std::string_view or_empty(const char* text) {
  return text == nullptr ? "" : text;
}

class Pending {
 public:
  explicit Pending(duckdb_pending_result pending) : handle_(pending) {}
  ~Pending() { duckdb_destroy_pending(&handle_); }
  Pending(const Pending&) = delete;
  Pending& operator=(const Pending&) = delete;
  [[nodiscard]] duckdb_pending_result get() const { return handle_; }

 private:
  duckdb_pending_result handle_;
};

/// Reports a running statement a few times a second.
class Reporter {
 public:
  Reporter(duckdb_connection connection, const Watch& watch)
      : connection_(connection), watch_(watch) {}

  [[nodiscard]] bool stop_requested() const {
    return watch_.control != nullptr && watch_.control->stop.stop_requested();
  }

  void tick() {
    if (watch_.control == nullptr || !watch_.control->progress) return;
    const auto now = SteadyClock::now();
    if (now < next_) return;
    next_ = now + kBetweenReports;
    ProgressEvent event;
    event.stage = watch_.stage;
    event.seconds = std::chrono::duration<double>(now - begin_).count();
    if (watch_.rows) {
      event.rows = watch_.rows();
    } else {
      const duckdb_query_progress_type progress = duckdb_query_progress(connection_);
      if (progress.percentage >= 0) event.share = std::min(progress.percentage / 100.0, 1.0);
      event.rows = static_cast<std::int64_t>(progress.rows_processed);
    }
    if (watch_.rows_expected > 0) {
      event.share = std::min(
          static_cast<double>(event.rows) / static_cast<double>(watch_.rows_expected), 1.0);
    }
    watch_.control->report(event);
  }

 private:
  duckdb_connection connection_;
  Watch watch_;
  SteadyClock::time_point begin_ = SteadyClock::now();
  SteadyClock::time_point next_ = begin_ + kBetweenReports;
};

Result<> run_tasks(duckdb_connection connection, duckdb_pending_result pending,
                   const Watch& watch) {
  Reporter reporter(connection, watch);
  while (true) {
    // The tasks run on until they notice: only then has DuckDB left the caller's data alone.
    if (reporter.stop_requested()) duckdb_interrupt(connection);
    const duckdb_pending_state state = duckdb_pending_execute_task(pending);
    if (state == DUCKDB_PENDING_ERROR) {
      return std::unexpected(to_error(or_empty(duckdb_pending_error(pending))));
    }
    if (duckdb_pending_execution_is_finished(state)) return {};
    if (state == DUCKDB_PENDING_NO_TASKS_AVAILABLE) std::this_thread::sleep_for(kIdleSleep);
    reporter.tick();
  }
}

duckdb_state bind_one(duckdb_prepared_statement statement, idx_t index,
                      const Parameter& parameter) {
  return std::visit(
      [&]<class T>(const T& value) {
        if constexpr (std::is_same_v<T, std::monostate>) {
          return duckdb_bind_null(statement, index);
        } else if constexpr (std::is_same_v<T, std::int64_t>) {
          return duckdb_bind_int64(statement, index, value);
        } else if constexpr (std::is_same_v<T, double>) {
          return duckdb_bind_double(statement, index, value);
        } else if constexpr (std::is_same_v<T, bool>) {
          return duckdb_bind_boolean(statement, index, value);
        } else if constexpr (std::is_same_v<T, Timestamp>) {
          return duckdb_bind_timestamp(statement, index, {value.micros});
        } else {
          return duckdb_bind_varchar_length(statement, index, value.data(), value.size());
        }
      },
      parameter);
}

}  // namespace

Result<Prepared> Prepared::prepare(duckdb_connection connection, const std::string& sql) {
  duckdb_prepared_statement raw = nullptr;
  const duckdb_state state = duckdb_prepare(connection, sql.c_str(), &raw);
  Prepared prepared(raw);
  if (state == DuckDBSuccess) return prepared;
  return std::unexpected(to_error(or_empty(duckdb_prepare_error(raw))));
}

Result<> Prepared::bind(const Parameters& parameters) const {
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    if (bind_one(handle_.get(), i + 1, parameters[i]) != DuckDBSuccess) {
      return fail(ErrorKind::kInternal, "cannot bind parameter {}: {}", i + 1,
                  or_empty(duckdb_prepare_error(handle_.get())));
    }
  }
  return {};
}

Result<QueryResult> Prepared::run(duckdb_connection connection, const Watch& watch,
                                  ResultMode mode) const {
  duckdb_pending_result raw = nullptr;
  const duckdb_state state = mode == ResultMode::kStreaming
                                 ? duckdb_pending_prepared_streaming(handle_.get(), &raw)
                                 : duckdb_pending_prepared(handle_.get(), &raw);
  const Pending pending(raw);
  if (state != DuckDBSuccess) return std::unexpected(to_error(or_empty(duckdb_pending_error(raw))));
  TRY(run_tasks(connection, raw, watch));
  duckdb_result result;
  if (duckdb_execute_pending(raw, &result) != DuckDBSuccess) {
    const Error error = to_error(or_empty(duckdb_result_error(&result)));
    duckdb_destroy_result(&result);
    return std::unexpected(error);
  }
  return QueryResult(result);
}

Result<Statements> Statements::parse(duckdb_connection connection, const std::string& sql) {
  duckdb_extracted_statements raw = nullptr;
  const idx_t count = duckdb_extract_statements(connection, sql.c_str(), &raw);
  Statements statements(raw, count);
  if (count == 0) return std::unexpected(to_error(or_empty(duckdb_extract_statements_error(raw))));
  return statements;
}

Result<Prepared> Statements::prepare(duckdb_connection connection, std::size_t index) const {
  duckdb_prepared_statement raw = nullptr;
  const duckdb_state state =
      duckdb_prepare_extracted_statement(connection, handle_.get(), index, &raw);
  Prepared prepared(raw);
  if (state == DuckDBSuccess) return prepared;
  return std::unexpected(to_error(or_empty(duckdb_prepare_error(raw))));
}

}  // namespace voucher::duckdb
