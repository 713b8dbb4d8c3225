#include "warehouse/postgresql/server_session.h"

#include <algorithm>
#include <charconv>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/check.h"
#include "base/hash.h"
#include "sql/quote.h"
#include "warehouse/postgresql/schema_sql.h"

namespace voucher::postgresql {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kFirstPatience{100};
constexpr milliseconds kLongestPatience{2000};
/// How long a lost COMMIT is inquired about.
constexpr std::chrono::seconds kInquiry{8};
constexpr const char* kIdleApplication = "voucher";

/// A store of another format is not read; an absent one is: nothing has been loaded yet.
Result<> check_format(Connection& connection) {
  const auto rows = connection.query(fmt::format("SELECT number FROM {}.format", kStoreSchema));
  if (!rows) {
    const std::string& state = connection.last_sqlstate();
    if (state == kUndefinedTable || state == kUndefinedSchema) return {};
    if (state == kInsufficientPrivilege) return {};  // whatever needs it says so
    return std::unexpected(rows.error());
  }
  if (rows->size() == 1 && rows->integer(0, 0) == kStoreFormat) return {};
  return fail(ErrorKind::kRefused,
              "warehouse {} has another format than {}: use the voucher that wrote it",
              connection.place(), kStoreFormat);
}

/// Who holds the advisory lock: as the holder wrote it, else as the server knows the session.
Result<std::string> describe_holder(Connection& connection, const DatasetId& id) {
  const auto written = connection.query(
      fmt::format("SELECT writer FROM {}.dataset WHERE domain = $1 AND dataset = $2", kStoreSchema),
      {id.domain, id.dataset});
  if (written && !written->empty() && !written->text(0, 0).empty())
    return std::string(written->text(0, 0));
  const Rows rows = TRY(connection.query(
      "SELECT a.pid, a.application_name, a.usename FROM pg_locks l JOIN pg_stat_activity a USING "
      "(pid) WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND l.database = "
      "(SELECT oid FROM pg_database WHERE datname = current_database()) AND ((l.classid::bigint << "
      "32) | l.objid::bigint) = $1",
      {std::to_string(advisory_key(id))}));
  if (rows.empty()) return "another session";
  return fmt::format("{} (server process {} of user {})", rows.text(0, 1), rows.text(0, 0),
                     rows.text(0, 2));
}

/// Objects that this session makes belong to the owner of the store, whoever of its members it is.
Result<> become_owner(Connection& connection) {
  const Rows owner = TRY(connection.query(
      "SELECT quote_ident(rolname) FROM pg_namespace n JOIN pg_roles r ON r.oid = n.nspowner WHERE "
      "nspname = $1 AND rolname <> current_user AND pg_has_role(current_user, r.oid, 'MEMBER')",
      {std::string(kStoreSchema)}));
  if (owner.empty()) return {};
  return connection.execute(fmt::format("SET ROLE {}", owner.text(0, 0)));
}

}  // namespace

std::int64_t advisory_key(const DatasetId& id) {
  const std::string digits =
      sha256_hex(fmt::format("voucher {}/{}", id.domain, id.dataset)).substr(0, 16);
  std::uint64_t key = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), key, 16);
  return static_cast<std::int64_t>(key);
}

Result<> ServerSession::connect() {
  const auto now = steady_clock::now();
  if (last_failure_ && now - failed_at_ < patience_) return std::unexpected(*last_failure_);
  connection_.reset();
  auto opened = Connection::open(address_, kIdleApplication, stop_);
  if (opened) {
    opened->limit_waits(kLookPatience);
    if (auto done = check_format(*opened); !done) opened = std::unexpected(std::move(done).error());
  }
  if (!opened) {
    failed_at_ = steady_clock::now();
    patience_ = last_failure_ ? std::min(patience_ * 2, kLongestPatience) : kFirstPatience;
    last_failure_ = opened.error();
    return std::unexpected(std::move(opened).error());
  }
  last_failure_.reset();
  opened->limit_waits({});
  connection_ = *std::move(opened);
  if (listening_) listen();
  return {};
}

Result<Connection*> ServerSession::reading() {
  if (lock_) return writing();
  if (!connection_ || !connection_->alive()) TRY(connect());
  return &*connection_;
}

Result<Connection*> ServerSession::writing() {
  CHECK(lock_.has_value());
  if (connection_ && connection_->alive()) return &*connection_;
  return fail(ErrorKind::kUnavailable,
              "connection to the warehouse {} was lost, and the writer lock with it: run again",
              address_.shown());
}

Result<> ServerSession::become_writer(const Lock& lock) {
  TRY(connection_->execute(
      fmt::format("SET application_name = {}", sql::quote_literal(lock.application))));
  return become_owner(*connection_);
}

Result<> ServerSession::lock(const DatasetId& id, std::string_view task) {
  CHECK(!lock_.has_value());
  Connection& connection = *TRY(reading());
  const Rows taken =
      TRY(connection.query("SELECT pg_try_advisory_lock($1)", {std::to_string(advisory_key(id))}));
  if (!taken.boolean(0, 0)) {
    return fail(ErrorKind::kUnavailable, "dataset is being written by {}: wait until it ends ({})",
                TRY(describe_holder(connection, id)), connection.place());
  }
  lock_ = Lock{id, fmt::format("voucher {}", task)};
  auto ready = become_writer(*lock_);
  if (!ready) unlock();
  return ready;
}

Result<> ServerSession::note_writer(const std::string& description) {
  TRY(connection_->query(
      fmt::format("UPDATE {}.dataset SET writer = $3 WHERE domain = $1 AND dataset = $2",
                  kStoreSchema),
      {lock_->id.domain, lock_->id.dataset, description}));
  return {};
}

void ServerSession::unlock() {
  const DatasetId id = lock_->id;
  lock_.reset();
  if (!connection_ || !connection_->alive()) return;
  std::ignore = connection_->execute(
      fmt::format("SELECT pg_advisory_unlock({}); RESET ROLE; SET application_name = '{}'",
                  advisory_key(id), kIdleApplication));
}

/// True once the lock is held again; false where the lost session has not ended yet.
Result<bool> ServerSession::take_lock_back() {
  if (!connection_ || !connection_->alive()) TRY(connect());
  const Rows taken = TRY(connection_->query("SELECT pg_try_advisory_lock($1)",
                                            {std::to_string(advisory_key(lock_->id))}));
  if (!taken.boolean(0, 0)) return false;
  TRY(become_writer(*lock_));
  return true;
}

Result<> ServerSession::commit(Transaction transaction,
                               const std::function<Result<bool>(Connection&)>& committed) {
  const auto done = transaction.commit();
  if (done || connection_->alive()) return done;
  if (stop_.stop_requested()) {
    return fail(
        ErrorKind::kInterrupted,
        "interrupted while the server committed: look at `voucher versions` for what it did");
  }
  const auto begin = steady_clock::now();
  Error last = done.error();
  while (steady_clock::now() - begin < kInquiry && !stop_.stop_requested()) {
    const auto locked = take_lock_back();
    if (locked && *locked) {
      if (TRY(committed(*connection_))) return {};
      return fail(ErrorKind::kUnavailable,
                  "connection to the warehouse was lost, and nothing was changed: run again ({})",
                  last.message);
    }
    if (!locked) last = locked.error();
    std::this_thread::sleep_for(kFirstPatience);
  }
  return fail(
      ErrorKind::kUnavailable,
      "connection to the warehouse was lost while it committed, and it is not known whether "
      "it did: look at `voucher versions`, and run again ({})",
      last.message);
}

/// A standby refuses it: then polling alone tells the news.
void ServerSession::listen() {
  connection_->limit_waits(kLookPatience);
  std::ignore = connection_->execute(fmt::format("LISTEN {}", kChannel));
  connection_->limit_waits({});
}

void ServerSession::wait_for_news(milliseconds timeout, const std::stop_token& stop) {
  constexpr milliseconds kSlice{50};
  const auto end = steady_clock::now() + timeout;
  if (!std::exchange(listening_, true) && connection_ && connection_->alive()) listen();
  while (!stop.stop_requested()) {
    const auto left = std::chrono::duration_cast<milliseconds>(end - steady_clock::now());
    if (left.count() <= 0) return;
    if (!connection_ || !connection_->alive()) {
      std::this_thread::sleep_for(std::min(left, kSlice));
      continue;
    }
    if (connection_->wait(false, std::min(left, kSlice))) PQconsumeInput(connection_->handle());
    bool news = false;
    while (PGnotify* notice = PQnotifies(connection_->handle())) {
      PQfreemem(notice);
      news = true;
    }
    if (news) return;
  }
}

void ServerSession::explain(Error& error, bool writes) const {
  if (connection_->last_sqlstate() != kInsufficientPrivilege) return;
  if (error.message.find("GRANT") != std::string::npos) return;
  const char* user = PQuser(connection_->handle());
  if (writes) {
    error.message += fmt::format(
        " (a writer is a member of the role that owns schema {0}: GRANT <its owner> TO {1})",
        kStoreSchema, sql::quote_identifier(user));
  } else {
    error.message += fmt::format(
        " (GRANT USAGE ON SCHEMA {0} TO {1}; GRANT SELECT ON ALL TABLES IN SCHEMA {0} TO {1})",
        kStoreSchema, sql::quote_identifier(user));
  }
}

}  // namespace voucher::postgresql
