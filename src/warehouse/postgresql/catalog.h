// What voucher_store says about datasets and their versions, read.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "warehouse/postgresql/connection.h"
#include "warehouse/postgresql/view_sql.h"
#include "warehouse/warehouse.h"

namespace voucher::postgresql {

/// Whether a failed query failed because the warehouse's tables do not exist.
[[nodiscard]] bool lacks_store(const Connection& connection);

[[nodiscard]] Result<std::vector<DatasetId>> read_datasets(Connection& connection);
[[nodiscard]] Result<std::optional<VersionNumber>> read_live(Connection& connection,
                                                             const DatasetId& id);
/// All kept versions, ascending, or the one named; of one instant.
[[nodiscard]] Result<std::vector<VersionSummary>> read_versions(Connection& connection,
                                                                const DatasetId& id,
                                                                std::optional<VersionNumber> only);
/// kRefused with the existing numbers where there is no such version.
[[nodiscard]] Result<VersionSummary> read_version(Connection& connection, const DatasetId& id,
                                                  VersionNumber number);
/// kRefused where its SHA-256 is not the version's.
[[nodiscard]] Result<Snapshot> read_snapshot(Connection& connection, const DatasetId& id,
                                             VersionNumber number);

/// A dataset as a writer sees it. REQUIRES: it exists.
struct DatasetState {
  DatasetKey key = 0;
  std::optional<VersionNumber> live;
  std::string shown;  ///< shown_text() of the public views; empty: there are none
};
[[nodiscard]] Result<DatasetState> read_dataset(Connection& connection, const DatasetId& id);

/// What publication needs to know of a version.
struct StoredVersion {
  std::optional<VersionNumber> based_on;
  bool verified = false;
  bool published_before = false;
  std::string shown;
  RowTables tables;
};
[[nodiscard]] Result<StoredVersion> read_stored_version(Connection& connection, const DatasetId& id,
                                                        VersionNumber number);

/// The part number that a part's name ends with; nullopt for the empty name.
[[nodiscard]] std::optional<PartKey> part_of_name(std::string_view name);

/// A version's definition together with the names in its manifest: what its views are made of.
[[nodiscard]] Dataset dataset_of(const Snapshot& snapshot, const VersionManifest& manifest);

}  // namespace voucher::postgresql
