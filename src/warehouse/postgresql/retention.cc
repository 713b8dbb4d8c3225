#include "warehouse/postgresql/retention.h"

#include <fmt/format.h>

#include "warehouse/postgresql/catalog.h"
#include "warehouse/postgresql/transaction.h"

namespace voucher::postgresql {
namespace {

constexpr std::string_view kRemoveVersions = R"sql(
DELETE FROM {store}.version v WHERE v.dataset_id = $1
  AND v.number NOT IN (SELECT number FROM {store}.version WHERE dataset_id = $1
                       ORDER BY number DESC LIMIT $2)
  AND v.number NOT IN (SELECT number FROM {store}.live WHERE dataset_id = $1)
  AND v.number IS DISTINCT FROM (SELECT replaced FROM {store}.publication WHERE dataset_id = $1
                                 ORDER BY publication_id DESC LIMIT 1)
)sql";

constexpr std::string_view kRetireParts = R"sql(
UPDATE {store}.part_table p SET retired_by = pg_current_xact_id()
WHERE p.dataset_id = $1 AND p.retired_by IS NULL
  AND p.part_id NOT IN (
    SELECT processed_part FROM {store}.version_part WHERE dataset_id = $1 AND processed_part > 0
    UNION ALL
    SELECT rejected_part FROM {store}.version_part WHERE dataset_id = $1 AND rejected_part > 0)
)sql";

/// Every transaction that was running when a part was retired has ended, and so has every one that
/// might read by a snapshot from before.
constexpr std::string_view kDroppable = R"sql(
SELECT p.part_id, p.table_id, t.rejected,
  (SELECT i.inhdetachpending FROM pg_inherits i WHERE i.inhrelid = to_regclass(
     format('{store}.%I', format('%s_%s_%s', CASE WHEN t.rejected THEN 'rejected' ELSE 'rows' END,
                                 p.table_id, p.part_id))))
FROM {store}.part_table p JOIN {store}.row_table t USING (table_id)
WHERE p.dataset_id = $1 AND p.retired_by IS NOT NULL
  AND p.part_id NOT IN (
    SELECT processed_part FROM {store}.version_part WHERE dataset_id = $1 AND processed_part > 0
    UNION ALL
    SELECT rejected_part FROM {store}.version_part WHERE dataset_id = $1 AND rejected_part > 0)
  AND p.retired_by < pg_snapshot_xmin(pg_current_snapshot())
  AND NOT EXISTS (SELECT FROM pg_stat_activity a WHERE a.pid <> pg_backend_pid()
    AND a.backend_xmin IS NOT NULL
    AND age(a.backend_xmin) >= age((p.retired_by::text::bigint % 4294967296)::text::xid))
ORDER BY p.part_id
)sql";

std::string with_store(std::string_view sql) {
  return fmt::format(fmt::runtime(sql), fmt::arg("store", kStoreSchema));
}

/// DETACH … CONCURRENTLY takes no lock that a reader would wait for; it waits for readers itself,
/// for as long as lock_timeout allows. What it leaves half done, FINALIZE completes.
Result<> drop_part(Connection& connection, RowKind kind, TableKey table, PartKey part,
                   std::optional<bool> pending) {
  const std::string parent = row_table(kind, table);
  const std::string name = part_table(kind, table, part);
  if (pending) {
    TRY(connection.execute(fmt::format("ALTER TABLE {} DETACH PARTITION {} {}", parent, name,
                                       *pending ? "FINALIZE" : "CONCURRENTLY")));
  }
  auto transaction = TRY(Transaction::begin(connection));
  TRY(connection.execute(fmt::format("DROP TABLE IF EXISTS {}", name)));
  TRY(connection.query(fmt::format("DELETE FROM {}.part_table WHERE part_id = $1", kStoreSchema),
                       {std::to_string(part)}));
  return transaction.commit();
}

}  // namespace

Result<> remove_surplus_versions(Connection& connection, const DatasetId& id, int keep) {
  const DatasetState state = TRY(read_dataset(connection, id));
  const std::string key = std::to_string(state.key);
  auto transaction = TRY(Transaction::begin(connection));
  TRY(connection.query(with_store(kRemoveVersions), {key, std::to_string(std::max(keep, 1))}));
  TRY(connection.query(with_store(kRetireParts), {key}));
  return transaction.commit();
}

Result<> drop_retired_parts(Connection& connection, const DatasetId& id) {
  const DatasetState state = TRY(read_dataset(connection, id));
  const Rows parts = TRY(connection.query(with_store(kDroppable), {std::to_string(state.key)}));
  if (parts.empty()) return {};
  TRY(connection.execute("SET lock_timeout = '100ms'"));
  Result<> outcome;
  for (std::size_t i = 0; outcome && i < parts.size(); ++i) {
    const auto pending = parts.is_null(i, 3) ? std::nullopt : std::optional(parts.boolean(i, 3));
    outcome = drop_part(connection, parts.boolean(i, 2) ? RowKind::kRejected : RowKind::kProcessed,
                        parts.integer(i, 1), parts.integer(i, 0), pending);
  }
  if (connection.alive()) TRY(connection.execute("SET lock_timeout = '10s'"));
  return outcome;
}

}  // namespace voucher::postgresql
