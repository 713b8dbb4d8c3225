#include "warehouse/postgresql/publishing.h"

#include <fmt/format.h>

#include <thread>

#include "warehouse/postgresql/catalog.h"
#include "warehouse/postgresql/live_parts.h"
#include "warehouse/postgresql/public_names.h"
#include "warehouse/postgresql/version_store.h"

namespace voucher::postgresql {
namespace {

std::string version_text(std::optional<VersionNumber> number) {
  return number ? fmt::format("version {}", *number) : "nothing";
}

Result<> refuse_unfit(const StoredVersion& stored, const Publication& publication,
                      std::optional<VersionNumber> live) {
  if (!stored.verified) {
    return fail(ErrorKind::kRefused, "version {} is not verified: run `voucher verify` first",
                publication.version);
  }
  if (live == publication.version || stored.published_before || stored.based_on == live) return {};
  return fail(ErrorKind::kRefused,
              "version {} was loaded on {}, but {} is live now: load its files again",
              publication.version, version_text(stored.based_on), version_text(live));
}

Result<LiveParts> live_parts_of(Connection& connection, RowKind kind, DatasetKey dataset,
                                VersionNumber version, TableKey table) {
  const Rows existing = TRY(connection.query(
      fmt::format("SELECT part_id, row_count FROM {}.part_table WHERE table_id = $1 ORDER BY "
                  "part_id",
                  kStoreSchema),
      {std::to_string(table)}));
  std::vector<StoredPart> parts;
  for (std::size_t i = 0; i < existing.size(); ++i)
    parts.push_back({existing.integer(i, 0), existing.integer(i, 1)});
  const std::string_view column = kind == RowKind::kProcessed ? "processed_part" : "rejected_part";
  const Rows named = TRY(connection.query(
      fmt::format("SELECT {1} FROM {0}.version_part WHERE dataset_id = $1 AND number = $2 AND {1} "
                  "IS NOT NULL",
                  kStoreSchema, column),
      {std::to_string(dataset), std::to_string(version)}));
  std::vector<PartKey> live;
  for (std::size_t i = 0; i < named.size(); ++i) live.push_back(named.integer(i, 0));
  return arrange_live_parts(parts, live);
}

std::optional<std::string> text_of(const std::optional<std::int64_t>& number) {
  return number ? std::optional(std::to_string(*number)) : std::nullopt;
}

Result<> set_live(Connection& connection, const RowTables& tables, VersionNumber version) {
  const LiveParts processed = TRY(
      live_parts_of(connection, RowKind::kProcessed, tables.dataset, version, tables.processed));
  const LiveParts rejected =
      TRY(live_parts_of(connection, RowKind::kRejected, tables.dataset, version, tables.rejected));
  TRY(connection.query(
      fmt::format(
          "INSERT INTO {}.live VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (dataset_id) DO "
          "UPDATE SET number = excluded.number, processed_first = excluded.processed_first, "
          "processed_bounds = excluded.processed_bounds, processed_skipped = "
          "excluded.processed_skipped, rejected_first = excluded.rejected_first, rejected_bounds = "
          "excluded.rejected_bounds, rejected_skipped = excluded.rejected_skipped",
          kStoreSchema),
      {std::to_string(tables.dataset), std::to_string(version), text_of(processed.first),
       bounds_text(processed), skipped_text(processed), text_of(rejected.first),
       bounds_text(rejected), skipped_text(rejected)}));
  return {};
}

Result<> note_publication(Connection& connection, const DatasetId& id, DatasetKey key,
                          const Publication& publication, const std::string& token) {
  TRY(connection.query(
      fmt::format("INSERT INTO {}.publication (dataset_id, version, replaced, published_at, "
                  "published_by, why, token) VALUES ($1, $2, $3, $4, $5, $6, $7)",
                  kStoreSchema),
      {std::to_string(key), std::to_string(publication.version), text_of(publication.replaced),
       format_iso(publication.at), publication.by, publication.why, token}));
  TRY(connection.query("SELECT pg_notify($1, $2)",
                       {std::string(kChannel),
                        fmt::format("{}/{} {}", id.domain, id.dataset, publication.version)}));
  return {};
}

Result<bool> has_publication(Connection& connection, const std::string& token) {
  const Rows found = TRY(connection.query(
      fmt::format("SELECT FROM {}.publication WHERE token = $1", kStoreSchema), {token}));
  return !found.empty();
}

}  // namespace

Result<bool> publish_version(ServerSession& session, const DatasetId& id,
                             const Publication& publication, const Clock& clock) {
  const std::string token = make_token();
  const auto prepare = [&](Connection& connection) -> Result<std::optional<Transaction>> {
    const StoredVersion stored = TRY(read_stored_version(connection, id, publication.version));
    const DatasetState state = TRY(read_dataset(connection, id));
    TRY(refuse_unfit(stored, publication, state.live));
    if (state.live == publication.version) return std::nullopt;
    std::optional<Dataset> dataset;
    if (stored.shown != state.shown) {
      const auto manifest = TRY(read_version(connection, id, publication.version)).manifest;
      dataset = dataset_of(TRY(read_snapshot(connection, id, publication.version)), manifest);
    }
    auto open = TRY(Transaction::begin(connection));
    if (dataset) TRY(show_views(connection, *dataset, stored.tables, state.shown));
    TRY(set_live(connection, stored.tables, publication.version));
    Publication entry = publication;
    entry.replaced = state.live;
    entry.at = clock.now();
    TRY(note_publication(connection, id, state.key, entry, token));
    return std::optional(std::move(open));
  };
  auto transaction = TRY(session.write(prepare));
  if (!transaction) return false;
  TRY(session.commit(*std::move(transaction),
                     [&](Connection& connection) { return has_publication(connection, token); }));
  return true;
}

void let_planned_statements_begin(Connection& connection, TableKey processed_table,
                                  std::chrono::steady_clock::time_point loaded_at) {
  constexpr std::chrono::milliseconds kLongest{500};
  constexpr std::chrono::milliseconds kPause{10};
  while (std::chrono::steady_clock::now() - loaded_at < kLongest) {
    const auto others = connection.query(
        "SELECT FROM pg_locks l LEFT JOIN pg_stat_activity a USING (pid) WHERE l.relation = "
        "$1::text::regclass AND l.pid <> pg_backend_pid() AND coalesce(a.state, 'active') = "
        "'active'",
        {row_table(RowKind::kProcessed, processed_table)});
    if (!others || others->empty()) return;
    std::this_thread::sleep_for(kPause);
  }
}

}  // namespace voucher::postgresql
