#include "engine/duckdb/connection.h"

#include <chrono>
#include <thread>
#include <type_traits>

#include "engine/duckdb/errors.h"
#include "engine/duckdb/statement.h"

namespace voucher::duckdb {
namespace {

struct ConfigDeleter {
  void operator()(duckdb_config config) const { duckdb_destroy_config(&config); }
};
using Config = std::unique_ptr<std::remove_pointer_t<duckdb_config>, ConfigDeleter>;

std::vector<std::pair<std::string, std::string>> settings_of(const DatabaseOptions& options) {
  std::vector<std::pair<std::string, std::string>> settings{
      {"autoinstall_known_extensions", "false"},
      {"autoload_known_extensions", "false"},
      {"allow_community_extensions", "false"},
      {"temp_directory", options.temp_directory.string()},
  };
  if (options.read_only) settings.emplace_back("access_mode", "READ_ONLY");
  if (options.threads != 0) settings.emplace_back("threads", std::to_string(options.threads));
  if (options.memory_limit_bytes) {
    settings.emplace_back("memory_limit", fmt::format("{}B", *options.memory_limit_bytes));
  }
  settings.insert(settings.end(), options.settings.begin(), options.settings.end());
  return settings;
}

Result<Config> make_config(const DatabaseOptions& options) {
  duckdb_config raw = nullptr;
  if (duckdb_create_config(&raw) != DuckDBSuccess) {
    return fail(ErrorKind::kInternal, "cannot make a DuckDB configuration");
  }
  Config config(raw);
  for (const auto& [name, value] : settings_of(options)) {
    if (duckdb_set_config(config.get(), name.c_str(), value.c_str()) != DuckDBSuccess) {
      return fail(ErrorKind::kInternal, "DuckDB has no setting {} = '{}'", name, value);
    }
  }
  return config;
}

}  // namespace

Result<Database> Database::open(const DatabaseOptions& options) {
  const Config config = TRY(make_config(options));
  duckdb_database raw = nullptr;
  char* message = nullptr;
  const std::string path = options.file.empty() ? ":memory:" : options.file.string();
  if (duckdb_open_ext(path.c_str(), &raw, config.get(), &message) != DuckDBSuccess) {
    const Error error = to_error(message == nullptr ? "" : message);
    duckdb_free(message);
    return std::unexpected(with_context(error, "cannot open DuckDB database " + path));
  }
  return Database(Handle(raw, Close{}));
}

Result<Connection> Database::connect() const {
  duckdb_connection raw = nullptr;
  if (duckdb_connect(handle_.get(), &raw) != DuckDBSuccess) {
    return fail(ErrorKind::kInternal, "cannot connect to DuckDB");
  }
  Connection connection(handle_, raw);
  TRY(connection.execute("SET TimeZone = 'UTC'"));
  return connection;
}

Result<std::int64_t> Connection::execute(const std::string& sql, const Parameters& parameters,
                                         const Watch& watch) {
  const Statements statements = TRY(Statements::parse(handle(), sql));
  if (statements.count() != 1 && !parameters.empty()) {
    return fail(ErrorKind::kInternal, "parameters need a single statement: {}", sql);
  }
  std::int64_t changed = 0;
  for (std::size_t i = 0; i < statements.count(); ++i) {
    const Prepared prepared = TRY(statements.prepare(handle(), i));
    TRY(prepared.bind(parameters));
    QueryResult result = TRY(prepared.run(handle(), watch, ResultMode::kMaterialised));
    changed = result.rows_changed();
  }
  return changed;
}

Result<QueryResult> Connection::query(const std::string& sql, const Parameters& parameters,
                                      const Watch& watch) {
  const Prepared prepared = TRY(Prepared::prepare(handle(), sql));
  TRY(prepared.bind(parameters));
  return prepared.run(handle(), watch, ResultMode::kMaterialised);
}

Result<QueryResult> Connection::stream(const std::string& sql, const Parameters& parameters) {
  const Prepared prepared = TRY(Prepared::prepare(handle(), sql));
  TRY(prepared.bind(parameters));
  return prepared.run(handle(), {}, ResultMode::kStreaming);
}

Result<std::int64_t> Connection::query_integer(const std::string& sql,
                                               const Parameters& parameters) {
  QueryResult result = TRY(query(sql, parameters));
  const std::optional<Chunk> chunk = TRY(result.next());
  if (!chunk || chunk->rows() == 0 || chunk->column(0).is_null(0)) {
    return fail(ErrorKind::kInternal, "no value from: {}", sql);
  }
  return chunk->column(0).integer(0);
}

Result<Appender> Appender::open(Connection& connection, const std::string& schema,
                                const std::string& table) {
  duckdb_appender raw = nullptr;
  const duckdb_state state =
      duckdb_appender_create(connection.handle(), schema.c_str(), table.c_str(), &raw);
  Appender appender(raw);
  if (state != DuckDBSuccess) {
    const char* message = raw == nullptr ? nullptr : duckdb_appender_error(raw);
    return fail(ErrorKind::kInternal, "cannot append to table {}.{}: {}", schema, table,
                message == nullptr ? "" : message);
  }
  return appender;
}

void Appender::note(duckdb_state state) {
  if (state == DuckDBSuccess || failure_) return;
  const char* message = duckdb_appender_error(handle_.get());
  failure_ = to_error(message == nullptr ? "" : message);
}

Appender& Appender::add(std::int64_t value) {
  note(duckdb_append_int64(handle_.get(), value));
  return *this;
}

Appender& Appender::add(Timestamp value) {
  note(duckdb_append_timestamp(handle_.get(), {value.micros}));
  return *this;
}

Appender& Appender::add(double value) {
  note(duckdb_append_double(handle_.get(), value));
  return *this;
}

Appender& Appender::add(bool value) {
  note(duckdb_append_bool(handle_.get(), value));
  return *this;
}

Appender& Appender::add(std::string_view value) {
  note(duckdb_append_varchar_length(handle_.get(), value.data(), value.size()));
  return *this;
}

Appender& Appender::add_null() {
  note(duckdb_append_null(handle_.get()));
  return *this;
}

void Appender::end_row() {
  note(duckdb_appender_end_row(handle_.get()));
}

Result<> Appender::close() {
  note(duckdb_appender_close(handle_.get()));
  if (failure_) return std::unexpected(*failure_);
  return {};
}

}  // namespace voucher::duckdb
