#include "warehouse/postgresql/postgresql_warehouse.h"

#include <fmt/format.h>

#include "base/check.h"
#include "base/files.h"
#include "warehouse/postgresql/catalog.h"
#include "warehouse/postgresql/cell_listing.h"
#include "warehouse/postgresql/counts_store.h"
#include "warehouse/postgresql/part_export.h"
#include "warehouse/postgresql/publishing.h"
#include "warehouse/postgresql/retention.h"
#include "warehouse/postgresql/scratch_folder.h"
#include "warehouse/postgresql/server_session.h"
#include "warehouse/postgresql/store_setup.h"
#include "warehouse/postgresql/verification.h"
#include "warehouse/postgresql/version_store.h"
#include "warehouse/version_draft.h"
#include "warehouse/writer_task.h"

namespace voucher {
namespace {

namespace fs = std::filesystem;
using namespace postgresql;
using SteadyClock = std::chrono::steady_clock;

class PostgresqlWarehouse final : public Warehouse {
 public:
  PostgresqlWarehouse(ServerAddress address, const Clock& clock, PostgresqlOptions options)
      : session_(std::move(address), options.stop), clock_(clock), options_(std::move(options)) {}

  Result<std::vector<DatasetId>> datasets() override {
    return session_.look([](Connection& server) { return read_datasets(server); });
  }
  Result<std::unique_ptr<WriterLock>> lock(const DatasetId& id, std::string_view task) override;
  Result<std::optional<VersionNumber>> live(const DatasetId& id) override {
    return session_.look([&](Connection& server) { return read_live(server, id); });
  }
  Result<std::vector<VersionSummary>> versions(const DatasetId& id) override {
    return session_.look([&](Connection& server) { return read_versions(server, id, {}); });
  }
  Result<VersionSummary> version(const DatasetId& id, VersionNumber number) override {
    return session_.look([&](Connection& server) { return read_version(server, id, number); });
  }
  Result<Snapshot> snapshot(const DatasetId& id, VersionNumber number) override {
    return session_.look([&](Connection& server) { return read_snapshot(server, id, number); });
  }
  Result<fs::path> staging(const DatasetId& id, const std::string& run_id) override;
  Result<std::vector<PartFiles>> part_files(const DatasetId& id, VersionNumber number,
                                            std::span<const std::size_t> positions,
                                            const fs::path& scratch,
                                            const JobControl& control) override;
  Result<VersionManifest> load(const LoadRequest& request, const JobControl& control) override;
  Result<LoadPreview> preview(const LoadRequest& request, const fs::path& scratch,
                              const JobControl& control) override;
  Result<> verify_inputs(const DatasetId& id, VersionNumber number,
                         const std::function<Result<>(const VerifyInput&)>& consume,
                         const JobControl& control) override;
  Result<std::vector<ViewRow>> view_rows(const DatasetId& id, VersionNumber number,
                                         VariantIndex variant) override;
  Result<> cell_rows(const DatasetId& id, VersionNumber number, const CellRowsRequest& request,
                     const ConsumeStoredRow& consume, const JobControl& control) override;
  Result<> rejected_rows(const DatasetId& id, VersionNumber number, const std::string& group,
                         const ConsumeRejectedRow& consume, const JobControl& control) override;
  Result<> mark_verified(const DatasetId& id, VersionNumber number) override;
  Result<> publish(const DatasetId& id, const Publication& publication, int keep) override;
  void wait_for_news(std::chrono::milliseconds timeout, const std::stop_token& stop) override {
    session_.wait_for_news(timeout, stop);
  }

 private:
  class HeldLock;
  /// A version with all that its rows are read by.
  struct Opened {
    VersionManifest manifest;
    Dataset dataset;
    StoredVersion stored;
  };
  [[nodiscard]] Result<Opened> open(Connection& server, const DatasetId& id, VersionNumber number);
  [[nodiscard]] Result<std::optional<LiveVersion>> read_live_version(const DatasetId& id);
  [[nodiscard]] Result<duckdb::Connection> open_workspace(const fs::path& scratch) const;
  [[nodiscard]] ReadParts parts_of(const DatasetId& id, const std::optional<LiveVersion>& live,
                                   const fs::path& scratch, const JobControl& control);

  ServerSession session_;
  const Clock& clock_;
  const PostgresqlOptions options_;
  std::unique_ptr<ScratchFolder> scratch_;  ///< while the lock is held
  SteadyClock::time_point loaded_at_{};
};

class PostgresqlWarehouse::HeldLock final : public WriterLock {
 public:
  explicit HeldLock(PostgresqlWarehouse& warehouse) : warehouse_(warehouse) {}
  ~HeldLock() override {
    warehouse_.session_.unlock();
    warehouse_.scratch_.reset();
  }
  HeldLock(const HeldLock&) = delete;
  HeldLock& operator=(const HeldLock&) = delete;

 private:
  PostgresqlWarehouse& warehouse_;
};

Result<std::unique_ptr<WriterLock>> PostgresqlWarehouse::lock(const DatasetId& id,
                                                              std::string_view task) {
  TRY(session_.lock(id, task));
  auto lock = std::make_unique<HeldLock>(*this);
  const auto prepare = [&](Connection& server) -> Result<> {
    TRY(ensure_store(server));
    TRY(ensure_dataset(server, id));
    return session_.note_writer(describe_writer(task, clock_.now()));
  };
  TRY(session_.write(prepare));
  scratch_ = TRY(ScratchFolder::create(id));
  // What cannot go now goes another time.
  std::ignore = session_.write([&](Connection& server) { return drop_retired_parts(server, id); });
  return lock;
}

Result<fs::path> PostgresqlWarehouse::staging(const DatasetId& /*id*/,
                                              const std::string& /*run_id*/) {
  CHECK(scratch_ != nullptr);
  return scratch_->subfolder("run");
}

Result<duckdb::Connection> PostgresqlWarehouse::open_workspace(const fs::path& scratch) const {
  const auto database =
      TRY(duckdb::Database::open({.threads = options_.threads,
                                  .memory_limit_bytes = options_.memory_limit_bytes,
                                  .temp_directory = scratch / "spill",
                                  .settings = {{"preserve_insertion_order", "false"}}}));
  return database.connect();
}

Result<std::optional<LiveVersion>> PostgresqlWarehouse::read_live_version(const DatasetId& id) {
  return session_.read([&](Connection& server) -> Result<std::optional<LiveVersion>> {
    const auto number = TRY(read_live(server, id));
    if (!number) return std::nullopt;
    LiveVersion live;
    live.manifest = TRY(read_version(server, id, *number)).manifest;
    live.snapshot = TRY(read_snapshot(server, id, *number));
    return live;
  });
}

ReadParts PostgresqlWarehouse::parts_of(const DatasetId& id, const std::optional<LiveVersion>& live,
                                        const fs::path& scratch, const JobControl& control) {
  return [&](std::span<const std::size_t> positions, std::span<const TimeRange> within) {
    return session_.read([&](Connection& server) -> Result<std::vector<PartFiles>> {
      const Opened opened = TRY(open(server, id, live->manifest.version));
      auto workspace = TRY(open_workspace(scratch));
      return export_parts(server, workspace,
                          {opened.dataset, opened.stored.tables, opened.manifest.parts},
                          {positions, within, within.empty()}, scratch, control);
    });
  };
}

Result<VersionManifest> PostgresqlWarehouse::load(const LoadRequest& request,
                                                  const JobControl& control) {
  CHECK(scratch_ != nullptr);
  const DatasetId id{request.dataset.domain, request.dataset.dataset};
  const auto live = TRY(read_live_version(id));
  const fs::path scratch = TRY(scratch_->subfolder("load"));
  auto workspace = TRY(open_workspace(scratch));
  VersionDraft draft = TRY(draft_version(workspace, request, live,
                                         parts_of(id, live, scratch, control), scratch, control));
  VersionManifest manifest =
      TRY(store_version(session_, workspace, request, std::move(draft), clock_, control));
  loaded_at_ = SteadyClock::now();
  return manifest;
}

Result<LoadPreview> PostgresqlWarehouse::preview(const LoadRequest& request,
                                                 const fs::path& scratch,
                                                 const JobControl& control) {
  const DatasetId id{request.dataset.domain, request.dataset.dataset};
  const auto live = TRY(read_live_version(id));
  auto workspace = TRY(open_workspace(scratch));
  const ReadParts read_parts = parts_of(id, live, scratch, control);
  return preview_of(TRY(draft_version(workspace, request, live, read_parts, scratch, control)),
                    read_parts);
}

Result<PostgresqlWarehouse::Opened> PostgresqlWarehouse::open(Connection& server,
                                                              const DatasetId& id,
                                                              VersionNumber number) {
  Opened opened;
  opened.manifest = TRY(read_version(server, id, number)).manifest;
  opened.stored = TRY(read_stored_version(server, id, number));
  opened.dataset = dataset_of(TRY(read_snapshot(server, id, number)), opened.manifest);
  return opened;
}

Result<std::vector<PartFiles>> PostgresqlWarehouse::part_files(
    const DatasetId& id, VersionNumber number, std::span<const std::size_t> positions,
    const fs::path& scratch, const JobControl& control) {
  const auto read = [&](Connection& server) -> Result<std::vector<PartFiles>> {
    const Opened opened = TRY(open(server, id, number));
    auto workspace = TRY(open_workspace(scratch));
    return export_parts(server, workspace,
                        {opened.dataset, opened.stored.tables, opened.manifest.parts},
                        {positions, {}, true}, scratch, control);
  };
  return session_.read(read);
}

Result<> PostgresqlWarehouse::verify_inputs(
    const DatasetId& id, VersionNumber number,
    const std::function<Result<>(const VerifyInput&)>& consume, const JobControl& control) {
  return session_.read([&](Connection& server) -> Result<> {
    const Opened opened = TRY(open(server, id, number));
    std::vector<PartKey> parts;
    for (const Part& part : opened.manifest.parts) {
      if (part.verified_definition == opened.manifest.definition) continue;
      if (const auto key = part_of_name(part.name)) parts.push_back(*key);
    }
    return stream_inputs(server, opened.dataset, opened.stored.tables.processed, parts, consume,
                         control);
  });
}

Result<std::vector<ViewRow>> PostgresqlWarehouse::view_rows(const DatasetId& id,
                                                            VersionNumber number,
                                                            VariantIndex variant) {
  const auto read = [&](Connection& server) -> Result<std::vector<ViewRow>> {
    const Snapshot held = TRY(read_snapshot(server, id, number));
    CHECK(variant < held.definition.variants.size());
    return read_choices(server, id, number, held.definition.variants[variant].name);
  };
  return session_.read(read);
}

Result<> PostgresqlWarehouse::cell_rows(const DatasetId& id, VersionNumber number,
                                        const CellRowsRequest& request,
                                        const ConsumeStoredRow& consume,
                                        const JobControl& control) {
  return session_.read([&](Connection& server) -> Result<> {
    const Opened opened = TRY(open(server, id, number));
    std::vector<PartKey> parts;
    for (const Part& part : opened.manifest.parts)
      if (const auto key = part_of_name(part.name)) parts.push_back(*key);
    return stream_cell_rows(server, opened.dataset, opened.stored.tables.processed, parts, request,
                            consume, control);
  });
}

Result<> PostgresqlWarehouse::rejected_rows(const DatasetId& id, VersionNumber number,
                                            const std::string& group,
                                            const ConsumeRejectedRow& consume,
                                            const JobControl& control) {
  return session_.read([&](Connection& server) -> Result<> {
    const Opened opened = TRY(open(server, id, number));
    std::vector<PartKey> parts;
    for (const Part& part : opened.manifest.parts)
      if (const auto key = part_of_name(part.rejected)) parts.push_back(*key);
    return stream_rejected_rows(server, opened.dataset, opened.stored.tables.rejected, parts, group,
                                consume, control);
  });
}

Result<> PostgresqlWarehouse::mark_verified(const DatasetId& id, VersionNumber number) {
  return session_.write([&](Connection& server) -> Result<> {
    TRY(read_stored_version(server, id, number));
    TRY(server.query(
        fmt::format("UPDATE {0}.version v SET verified_at = $4 FROM {0}.dataset d WHERE d.domain = "
                    "$1 AND d.dataset = $2 AND v.dataset_id = d.dataset_id AND v.number = "
                    "$3::bigint",
                    kStoreSchema),
        {id.domain, id.dataset, std::to_string(number), format_iso(clock_.now())}));
    return {};
  });
}

Result<> PostgresqlWarehouse::publish(const DatasetId& id, const Publication& publication,
                                      int keep) {
  const auto settle = [&](Connection& server) -> Result<> {
    const auto stored = TRY(read_stored_version(server, id, publication.version));
    let_planned_statements_begin(server, stored.tables.processed, loaded_at_);
    return {};
  };
  TRY(session_.write(settle));
  TRY(publish_version(session_, id, publication, clock_));
  // The version is live: what could not be cleaned up now is cleaned up after the next one.
  const auto clean_up = [&](Connection& server) -> Result<> {
    TRY(remove_surplus_versions(server, id, keep));
    return drop_retired_parts(server, id);
  };
  std::ignore = session_.write(clean_up);
  return {};
}

}  // namespace

std::unique_ptr<Warehouse> make_postgresql_warehouse(ServerAddress address, const Clock& clock,
                                                     PostgresqlOptions options) {
  return std::make_unique<PostgresqlWarehouse>(std::move(address), clock, std::move(options));
}

}  // namespace voucher
