#include "warehouse/postgresql/catalog.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

#include "base/hash.h"
#include "warehouse/postgresql/transaction.h"

namespace voucher::postgresql {
namespace {

/// A statement over a dataset's rows: `{store}` is the schema, $1 and $2 name the dataset.
template <class... Args>
Result<Rows> query_dataset(Connection& connection, std::string_view sql, const DatasetId& id,
                           Args... more) {
  return connection.query(fmt::format(fmt::runtime(sql), fmt::arg("store", kStoreSchema)),
                          {id.domain, id.dataset, std::to_string(more)...});
}

Publication publication_of(const Rows& rows, std::size_t i) {
  Publication publication;
  publication.version = rows.integer(i, 0);
  publication.replaced = rows.integer_or_null(i, 1);
  publication.at = Timestamp{rows.integer(i, 2)};
  publication.by = rows.text(i, 3);
  publication.why = rows.text(i, 4);
  return publication;
}

Result<VersionSummary> summary_of(const Rows& rows, std::size_t i, const Rows& publications,
                                  const DatasetId& id) {
  auto manifest = parse_manifest(rows.text(i, 1));
  if (!manifest) {
    return std::unexpected(
        with_context(std::move(manifest).error(),
                     fmt::format("version {} of {}/{}", rows.text(i, 0), id.domain, id.dataset)));
  }
  VersionSummary summary;
  summary.manifest = *std::move(manifest);
  summary.live = rows.boolean(i, 3);
  if (rows.boolean(i, 2)) {
    summary.state = VersionState::kVerified;
    for (Part& part : summary.manifest.parts)
      part.verified_definition = summary.manifest.definition;
  }
  for (std::size_t p = 0; p < publications.size(); ++p) {
    if (publications.integer(p, 0) == summary.manifest.version)
      summary.publications.push_back(publication_of(publications, p));
  }
  if (!summary.publications.empty()) summary.state = VersionState::kPublished;
  return summary;
}

std::unexpected<Error> no_such_version(Connection& connection, const DatasetId& id,
                                       VersionNumber number) {
  const auto rows = query_dataset(connection,
                                  "SELECT number FROM {store}.version JOIN {store}.dataset USING "
                                  "(dataset_id) WHERE domain = $1 AND dataset = $2 ORDER BY number",
                                  id);
  if (!rows && !lacks_store(connection)) return std::unexpected(rows.error());
  if (!rows || rows->empty()) {
    return fail(ErrorKind::kRefused, "no version {}: nothing is loaded yet of {}/{}", number,
                id.domain, id.dataset);
  }
  std::vector<std::string> numbers;
  for (std::size_t i = 0; i < rows->size(); ++i) numbers.emplace_back(rows->text(i, 0));
  return fail(ErrorKind::kRefused, "no version {}: there are {}", number, fmt::join(numbers, ", "));
}

}  // namespace

bool lacks_store(const Connection& connection) {
  const std::string& state = connection.last_sqlstate();
  return connection.alive() && (state == kUndefinedTable || state == kUndefinedSchema);
}

Result<std::vector<DatasetId>> read_datasets(Connection& connection) {
  const auto rows = connection.query(fmt::format(
      "SELECT domain, dataset FROM {0}.live JOIN {0}.dataset USING (dataset_id) ORDER BY domain "
      "COLLATE \"C\", dataset COLLATE \"C\"",
      kStoreSchema));
  std::vector<DatasetId> ids;
  if (!rows && lacks_store(connection)) return ids;
  if (!rows) return std::unexpected(rows.error());
  for (std::size_t i = 0; i < rows->size(); ++i)
    ids.push_back({std::string(rows->text(i, 0)), std::string(rows->text(i, 1))});
  return ids;
}

Result<std::optional<VersionNumber>> read_live(Connection& connection, const DatasetId& id) {
  const auto rows = query_dataset(connection,
                                  "SELECT number FROM {store}.live JOIN {store}.dataset USING "
                                  "(dataset_id) WHERE domain = $1 AND dataset = $2",
                                  id);
  if (!rows && lacks_store(connection)) return std::nullopt;
  if (!rows) return std::unexpected(rows.error());
  if (rows->empty()) return std::nullopt;
  return rows->integer(0, 0);
}

Result<std::vector<VersionSummary>> read_versions(Connection& connection, const DatasetId& id,
                                                  std::optional<VersionNumber> only) {
  auto transaction = TRY(Transaction::begin_reading(connection));
  const auto rows =
      query_dataset(connection,
                    "SELECT v.number, v.manifest, v.verified_at IS NOT NULL, l.number IS NOT NULL "
                    "FROM {store}.version v JOIN {store}.dataset d USING (dataset_id) LEFT JOIN "
                    "{store}.live l USING (dataset_id, number) WHERE d.domain = $1 AND d.dataset = "
                    "$2 AND ($3::bigint = 0 OR v.number = $3::bigint) ORDER BY v.number",
                    id, only.value_or(0));
  std::vector<VersionSummary> summaries;
  if (!rows && lacks_store(connection)) return summaries;
  if (!rows) return std::unexpected(rows.error());
  const Rows publications = TRY(query_dataset(
      connection,
      "SELECT p.version, p.replaced, (extract(epoch FROM p.published_at) * 1000000)::bigint, "
      "p.published_by, p.why FROM {store}.publication p JOIN {store}.dataset d USING (dataset_id) "
      "WHERE d.domain = $1 AND d.dataset = $2 ORDER BY p.publication_id",
      id));
  TRY(transaction.commit());
  for (std::size_t i = 0; i < rows->size(); ++i)
    summaries.push_back(TRY(summary_of(*rows, i, publications, id)));
  return summaries;
}

Result<VersionSummary> read_version(Connection& connection, const DatasetId& id,
                                    VersionNumber number) {
  auto versions = TRY(read_versions(connection, id, number));
  if (versions.empty()) return no_such_version(connection, id, number);
  return std::move(versions.front());
}

Result<Snapshot> read_snapshot(Connection& connection, const DatasetId& id, VersionNumber number) {
  const auto rows = query_dataset(
      connection,
      "SELECT v.snapshot, v.snapshot_sha256 FROM {store}.version v JOIN {store}.dataset d USING "
      "(dataset_id) WHERE d.domain = $1 AND d.dataset = $2 AND v.number = $3::bigint",
      id, number);
  if (!rows && !lacks_store(connection)) return std::unexpected(rows.error());
  if (!rows || rows->empty()) return no_such_version(connection, id, number);
  const std::string_view text = rows->text(0, 0);
  if (sha256_hex(text) == rows->text(0, 1)) return parse_snapshot(text);
  return fail(ErrorKind::kRefused,
              "snapshot is damaged, its SHA-256 is not the version's: {}/{} version {}: roll back "
              "to another version or load again",
              id.domain, id.dataset, number);
}

Result<DatasetState> read_dataset(Connection& connection, const DatasetId& id) {
  const Rows rows = TRY(query_dataset(connection,
                                      "SELECT d.dataset_id, l.number, d.shown FROM {store}.dataset "
                                      "d LEFT JOIN {store}.live l USING "
                                      "(dataset_id) WHERE d.domain = $1 AND d.dataset = $2",
                                      id));
  if (rows.empty())
    return fail(ErrorKind::kRefused, "nothing is loaded yet of {}/{}", id.domain, id.dataset);
  return DatasetState{rows.integer(0, 0), rows.integer_or_null(0, 1), std::string(rows.text(0, 2))};
}

Result<StoredVersion> read_stored_version(Connection& connection, const DatasetId& id,
                                          VersionNumber number) {
  const Rows rows = TRY(query_dataset(
      connection,
      "SELECT v.based_on, v.verified_at IS NOT NULL, EXISTS (SELECT FROM {store}.publication p "
      "WHERE p.dataset_id = v.dataset_id AND p.version = v.number), v.shown, v.dataset_id, "
      "v.processed_table, v.rejected_table FROM {store}.version v JOIN {store}.dataset d USING "
      "(dataset_id) WHERE d.domain = $1 AND d.dataset = $2 AND v.number = $3::bigint",
      id, number));
  if (rows.empty()) return no_such_version(connection, id, number);
  return StoredVersion{rows.integer_or_null(0, 0),
                       rows.boolean(0, 1),
                       rows.boolean(0, 2),
                       std::string(rows.text(0, 3)),
                       {rows.integer(0, 4), rows.integer(0, 5), rows.integer(0, 6)}};
}

std::optional<PartKey> part_of_name(std::string_view name) {
  const std::size_t digits = name.rfind('_');
  if (digits == std::string_view::npos) return std::nullopt;
  PartKey part = 0;
  const char* end = name.data() + name.size();
  const auto parsed = std::from_chars(name.data() + digits + 1, end, part);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return part;
}

Dataset dataset_of(const Snapshot& snapshot, const VersionManifest& manifest) {
  Dataset dataset = snapshot.definition;
  dataset.domain = manifest.domain;
  dataset.dataset = manifest.dataset;
  dataset.warehouse = manifest.names;
  return dataset;
}

}  // namespace voucher::postgresql
