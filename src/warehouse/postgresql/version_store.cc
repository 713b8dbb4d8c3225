#include "warehouse/postgresql/version_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <random>

#include "base/hash.h"
#include "warehouse/postgresql/catalog.h"
#include "warehouse/postgresql/counts_store.h"
#include "warehouse/postgresql/public_names.h"
#include "warehouse/postgresql/row_copy.h"

namespace voucher::postgresql {
namespace {

namespace fs = std::filesystem;

/// The row table for this dataset's columns, made where it is missing.
Result<TableKey> row_table_for(Connection& connection, const Dataset& dataset, DatasetKey key,
                               RowKind kind) {
  const Parameters values{std::to_string(key), kind == RowKind::kRejected ? "t" : "f",
                          stored_types(dataset, kind)};
  const Rows found = TRY(connection.query(
      fmt::format("SELECT table_id FROM {}.row_table WHERE dataset_id = $1 AND rejected = $2 AND "
                  "types = $3",
                  kStoreSchema),
      values));
  if (!found.empty()) return found.integer(0, 0);
  const Rows added = TRY(connection.query(
      fmt::format("INSERT INTO {}.row_table (dataset_id, rejected, types) VALUES ($1, $2, $3) "
                  "RETURNING table_id",
                  kStoreSchema),
      values));
  const TableKey table = added.integer(0, 0);
  TRY(connection.execute(create_row_table_sql(dataset, kind, table)));
  return table;
}

/// Writes the parts of one version that are new.
class PartStore {
 public:
  PartStore(Connection& connection, duckdb::Connection& workspace, const Dataset& dataset,
            const RowTables& tables, const JobControl& control)
      : connection_(connection),
        workspace_(workspace),
        dataset_(dataset),
        tables_(tables),
        control_(control) {}

  /// Gives the part the names of what was stored.
  Result<> store(DraftPart& draft) {
    if (!draft.processed.empty() && draft.part.rows.processed > 0)
      draft.part.name = TRY(store_rows(RowKind::kProcessed, draft.processed));
    if (!draft.rejected.empty())
      draft.part.rejected =
          draft.part.rows.rejected > 0 ? TRY(store_rows(RowKind::kRejected, draft.rejected)) : "";
    return {};
  }

 private:
  Result<std::string> store_rows(RowKind kind, const fs::path& file) {
    const TableKey table = kind == RowKind::kProcessed ? tables_.processed : tables_.rejected;
    const Rows added = TRY(connection_.query(
        fmt::format("INSERT INTO {}.part_table (dataset_id, table_id) VALUES ($1, $2) RETURNING "
                    "part_id",
                    kStoreSchema),
        {std::to_string(tables_.dataset), std::to_string(table)}));
    const PartTarget target{kind, table, added.integer(0, 0)};
    TRY(add_file_keys(connection_, workspace_, tables_.dataset, file, keys_));
    TRY(connection_.execute(create_part_table_sql(dataset_, kind, table, target.part)));
    const std::int64_t rows =
        TRY(copy_rows_in(connection_, workspace_, dataset_, file, target, keys_, control_));
    TRY(connection_.execute(attach_part_table_sql(kind, table, target.part) + "ANALYZE " +
                                part_table(kind, table, target.part),
                            control_.stop));
    TRY(connection_.query(
        fmt::format("UPDATE {}.part_table SET row_count = $2 WHERE part_id = $1", kStoreSchema),
        {std::to_string(target.part), std::to_string(rows)}));
    return part_table_name(kind, table, target.part);
  }

  Connection& connection_;
  duckdb::Connection& workspace_;
  const Dataset& dataset_;
  const RowTables& tables_;
  const JobControl& control_;
  FileKeys keys_;
};

Result<VersionNumber> take_version_number(Connection& connection, DatasetKey key) {
  const Rows taken = TRY(connection.query(
      fmt::format("UPDATE {}.dataset SET last_version = last_version + 1 WHERE dataset_id = $1 "
                  "RETURNING last_version",
                  kStoreSchema),
      {std::to_string(key)}));
  return taken.integer(0, 0);
}

std::optional<std::string> text_of(const std::optional<std::int64_t>& number) {
  return number ? std::optional(std::to_string(*number)) : std::nullopt;
}

Result<> insert_version(Connection& connection, const RowTables& tables, const Dataset& dataset,
                        const VersionManifest& manifest, const VersionDraft& draft,
                        const std::string& token) {
  const std::string number = std::to_string(manifest.version);
  const std::string text =
      to_json(manifest).dump(1, ' ', false, nlohmann::json::error_handler_t::replace);
  TRY(connection.query(
      fmt::format("INSERT INTO {}.version (dataset_id, number, token, shown, processed_table, "
                  "rejected_table, based_on, manifest, snapshot, snapshot_sha256) VALUES ($1, $2, "
                  "$3, $4, $5, $6, $7, $8, $9, $10)",
                  kStoreSchema),
      {std::to_string(tables.dataset), number, token, shown_text(dataset),
       std::to_string(tables.processed), std::to_string(tables.rejected),
       text_of(manifest.based_on), text, draft.snapshot_text, manifest.snapshot}));
  for (std::size_t i = 0; i < manifest.parts.size(); ++i) {
    TRY(connection.query(
        fmt::format("INSERT INTO {}.version_part VALUES ($1, $2, $3, $4, $5)", kStoreSchema),
        {std::to_string(tables.dataset), number, std::to_string(i),
         text_of(part_of_name(manifest.parts[i].name)),
         text_of(part_of_name(manifest.parts[i].rejected))}));
  }
  return write_counts(connection, tables.dataset, manifest.version, draft.snapshot);
}

/// The content of all files that a version holds, sorted.
std::vector<std::string> contents_of(const VersionManifest& manifest) {
  std::vector<std::string> contents;
  for (const Part& part : manifest.parts)
    for (const SourceFile& file : part.files) contents.push_back(file.sha256);
  std::ranges::sort(contents);
  return contents;
}

/// The same load done again, after one whose end was not heard of: the earlier one goes.
Result<> remove_superseded(Connection& connection, DatasetKey key,
                           const VersionManifest& manifest) {
  const Rows same = TRY(connection.query(
      fmt::format("SELECT v.number, v.manifest FROM {0}.version v WHERE v.dataset_id = $1 AND "
                  "v.number < $2 AND v.snapshot_sha256 = $3 AND v.based_on IS NOT DISTINCT FROM $4 "
                  "AND NOT EXISTS (SELECT FROM {0}.publication p WHERE p.dataset_id = v.dataset_id "
                  "AND p.version = v.number)",
                  kStoreSchema),
      {std::to_string(key), std::to_string(manifest.version), manifest.snapshot,
       text_of(manifest.based_on)}));
  for (std::size_t i = 0; i < same.size(); ++i) {
    const auto earlier = parse_manifest(same.text(i, 1));
    if (!earlier || contents_of(*earlier) != contents_of(manifest)) continue;
    TRY(connection.query(
        fmt::format("DELETE FROM {}.version WHERE dataset_id = $1 AND number = $2", kStoreSchema),
        {std::to_string(key), std::string(same.text(i, 0))}));
  }
  return {};
}

Result<bool> has_version(Connection& connection, const std::string& token) {
  const Rows found = TRY(connection.query(
      fmt::format("SELECT FROM {}.version WHERE token = $1", kStoreSchema), {token}));
  return !found.empty();
}

}  // namespace

std::string make_token() {
  std::random_device random;
  std::string token;
  for (int i = 0; i < 4; ++i) token += fmt::format("{:08x}", random());
  return token;
}

Result<VersionManifest> store_version(ServerSession& session, duckdb::Connection& workspace,
                                      const LoadRequest& request, VersionDraft draft,
                                      const Clock& clock, const JobControl& control) {
  const auto begin = std::chrono::steady_clock::now();
  const Dataset& dataset = request.dataset;
  const std::string token = make_token();
  VersionManifest manifest;
  const auto write = [&](Connection& connection) -> Result<Transaction> {
    const DatasetState state = TRY(read_dataset(connection, {dataset.domain, dataset.dataset}));
    auto open = TRY(Transaction::begin(connection));
    const RowTables tables{state.key,
                           TRY(row_table_for(connection, dataset, state.key, RowKind::kProcessed)),
                           TRY(row_table_for(connection, dataset, state.key, RowKind::kRejected))};
    PartStore parts(connection, workspace, dataset, tables, control);
    for (DraftPart& part : draft.parts) TRY(parts.store(part));
    manifest = describe(request, draft, clock.now());
    manifest.stages.push_back(
        {"load", std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count(),
         draft.new_rows.processed});
    manifest.version = TRY(take_version_number(connection, state.key));
    TRY(insert_version(connection, tables, dataset, manifest, draft, token));
    TRY(remove_superseded(connection, state.key, manifest));
    // While nothing is published the views show nothing: the first publication needs no DDL.
    if (!state.live && state.shown != shown_text(dataset))
      TRY(show_views(connection, dataset, tables, state.shown));
    if (control.stop.stop_requested())
      return fail(ErrorKind::kInterrupted, "load was interrupted: nothing was changed");
    return open;
  };
  auto transaction = TRY(session.write(write));
  TRY(session.commit(std::move(transaction),
                     [&](Connection& connection) { return has_version(connection, token); }));
  return manifest;
}

}  // namespace voucher::postgresql
