#include "pipeline/plan.h"

#include <unistd.h>

#include <filesystem>
#include <numeric>

#include "base/files.h"
#include "pipeline/staging_folder.h"

namespace voucher {
namespace {

namespace fs = std::filesystem;

Result<fs::path> scratch_folder() {
  std::error_code failure;
  const fs::path parent = fs::temp_directory_path(failure);
  if (!failure) return parent / fmt::format("voucher-plan-{}", ::getpid());
  return fail(ErrorKind::kUnavailable, "no folder for temporary files: {}: set TMPDIR",
              failure.message());
}

/// Each row stays where it is.
std::vector<LabelMove> unmoved(const Snapshot& snapshot) {
  std::vector<LabelMove> moves;
  const auto add = [&](const std::optional<std::string>& variant, RowPlace place,
                       std::int64_t rows) {
    if (rows > 0) moves.push_back({variant, place, place, rows});
  };
  for (const auto& [folded, group] : snapshot.history.groups()) {
    add({}, {folded, {}}, group.all.rows());
    for (VariantIndex v = 0; v < snapshot.definition.variants.size(); ++v) {
      const Variant& variant = snapshot.definition.variants[v];
      for (SegmentIndex i = 0; i < variant.segments.size(); ++i)
        add(variant.name, {folded, variant.segments[i].label}, group.cells[v][i].rows());
      add(variant.name, {folded, {}}, group.cells[v].back().rows());
    }
  }
  return moves;
}

class Plan {
 public:
  Plan(const RunRequest& request, Engine& engine, Warehouse& warehouse, const JobControl& control,
       const fs::path& scratch)
      : request_(request),
        engine_(engine),
        warehouse_(warehouse),
        control_(control),
        work_(scratch / "work"),
        preview_(scratch / "preview"),
        live_(scratch / "live"),
        spill_(scratch / "spill") {}

  Result<PlannedChange> execute() {
    planned_.id = {request_.dataset.domain, request_.dataset.dataset};
    const auto live = TRY(read_live_manifest(warehouse_, planned_.id));
    if (!live && request_.inputs.empty()) {
      return fail(ErrorKind::kRefused,
                  "{} has no published version to compare with: give --input with raw files, or "
                  "publish a version with `voucher run`",
                  request_.dataset.id());
    }
    TRY(read_live(live));
    for (const fs::path& folder : {work_, preview_, live_, spill_}) TRY(create_folder(folder));
    PreparedWork work = TRY(prepare_work(request_, live, engine_, warehouse_, work_, control_));
    planned_.warnings = std::move(work.warnings);
    if (work.nothing_new) {
      planned_.after = planned_.before;
      planned_.moves = unmoved(planned_.before);
      return std::move(planned_);
    }
    TRY(compare(live, work));
    return std::move(planned_);
  }

 private:
  Result<> read_live(const std::optional<VersionManifest>& live) {
    if (live) {
      planned_.live = live->version;
      planned_.before = TRY(warehouse_.snapshot(planned_.id, live->version));
    } else {
      planned_.before.definition = request_.dataset;
      planned_.before.history = HistoryCounts(request_.dataset.variants);
    }
    return {};
  }

  Result<> compare(const std::optional<VersionManifest>& live, const PreparedWork& work) {
    LabelledTable before{planned_.before.definition, {}};
    if (live) before.files = TRY(files_of(*live));
    LoadPreview preview = TRY(warehouse_.preview(work.load, preview_, control_));
    planned_.after = std::move(preview.snapshot);
    const LabelledTable after{planned_.after.definition, std::move(preview.processed)};
    planned_.moves = TRY(engine_.compare_labels(before, after, spill_, control_));
    return {};
  }

  /// The processed files of all parts that have any.
  Result<std::vector<fs::path>> files_of(const VersionManifest& live) const {
    std::vector<std::size_t> positions(live.parts.size());
    std::iota(positions.begin(), positions.end(), std::size_t{0});
    std::vector<fs::path> files;
    for (PartFiles& part :
         TRY(warehouse_.part_files(planned_.id, live.version, positions, live_, control_))) {
      if (!part.processed.empty()) files.push_back(std::move(part.processed));
    }
    return files;
  }

  const RunRequest& request_;
  Engine& engine_;
  Warehouse& warehouse_;
  const JobControl& control_;
  fs::path work_;     ///< what a run would read anew
  fs::path preview_;  ///< what the warehouse makes of it
  fs::path live_;     ///< the live version's rows, where the warehouse has to write them out
  fs::path spill_;
  PlannedChange planned_;
};

}  // namespace

Result<PlannedChange> plan_run(const RunRequest& request, Engine& engine, Warehouse& warehouse,
                               const JobControl& control) {
  const StagingFolder scratch(TRY(scratch_folder()));
  return Plan(request, engine, warehouse, control, scratch.path()).execute();
}

}  // namespace voucher
