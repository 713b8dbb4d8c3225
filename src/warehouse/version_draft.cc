#include "warehouse/version_draft.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "base/check.h"
#include "base/hash.h"
#include "engine/duckdb/label_counts.h"
#include "warehouse/part_rows.h"

namespace voucher {
namespace {

namespace fs = std::filesystem;

Result<> refuse_taken_names(const WarehouseNames& names) {
  const std::string rejected = names.table + "_rejected";
  for (const auto& [variant, view] : names.views) {
    if (view != rejected && view != names.table) continue;
    return fail(ErrorKind::kRefused,
                "view of variant {} has the name of the table or of its rejected rows: {}: rename "
                "it in the definition",
                variant, view);
  }
  return {};
}

std::string version_text(std::optional<VersionNumber> number) {
  return number ? fmt::format("version {}", *number) : "nothing";
}

/// Widens the ranges of `joined` to those of `part`; a column that only one has is not known.
void join_ranges(Part& joined, const Part& part) {
  const auto has_no_time = [](const Part& some) {
    return some.rows.processed == 0 && some.rows.duplicates == 0;
  };
  if (has_no_time(part)) return;
  if (has_no_time(joined)) joined.time_ranges = part.time_ranges;
  std::erase_if(joined.time_ranges, [&](TimeRange& range) {
    const auto other = std::ranges::find(part.time_ranges, range.column, &TimeRange::column);
    if (other == part.time_ranges.end()) return true;
    range.least = std::min(range.least, other->least);
    range.greatest = std::max(range.greatest, other->greatest);
    return false;
  });
}

/// What several parts are as one; nothing of theirs is stored under these names.
Part join_parts(const std::vector<Part>& parts, const std::vector<std::size_t>& positions) {
  Part joined = parts[positions.front()];
  for (const std::size_t position : std::span(positions).subspan(1)) {
    const Part& part = parts[position];
    join_ranges(joined, part);
    joined.rows += part.rows;
    joined.files.insert(joined.files.end(), part.files.begin(), part.files.end());
    joined.unknown_columns.insert(joined.unknown_columns.end(), part.unknown_columns.begin(),
                                  part.unknown_columns.end());
    joined.rejected.clear();
  }
  std::ranges::sort(joined.unknown_columns);
  const auto repeated = std::ranges::unique(joined.unknown_columns);
  joined.unknown_columns.erase(repeated.begin(), repeated.end());
  joined.name.clear();
  joined.verified_definition.clear();
  return joined;
}

std::vector<std::string> warnings_of(const Snapshot& snapshot,
                                     const std::optional<TransformOutcome>& transformed) {
  std::vector<std::string> warnings;
  for (const auto& [folded, group] : snapshot.history.groups()) {
    if (group.spellings.size() < 2) continue;
    std::vector<std::string> spellings;
    for (const auto& [spelling, rows] : group.spellings)
      spellings.push_back(fmt::format("{} ({} rows)", spelling, rows));
    warnings.push_back(fmt::format("group {} has several spellings: {}", group.shown(),
                                   fmt::join(spellings, ", ")));
  }
  if (!transformed) return warnings;
  for (const std::string& column : transformed->unknown_columns)
    warnings.push_back("column is not in the definition and was ignored: " + column);
  return warnings;
}

class Drafting {
 public:
  Drafting(duckdb::Connection& connection, const LoadRequest& request,
           const std::optional<LiveVersion>& live, const ReadParts& read_parts,
           const fs::path& scratch, const JobControl& control)
      : connection_(connection),
        request_(request),
        live_(live),
        read_parts_(read_parts),
        scratch_(scratch),
        control_(control),
        definition_(definition_hash(request.dataset)) {
    if (live) live_parts_ = &live->manifest.parts;
  }

  Result<VersionDraft> draft() {
    TRY(refuse_taken_names(request_.dataset.warehouse));
    TRY(check_base());
    TRY(arrange_parts());
    TRY(add_new_part());
    draft_.snapshot.definition = request_.dataset;
    for (const DraftPart& part : draft_.parts) draft_.snapshot.rows += part.part.rows;
    TRY(count_history());
    draft_.snapshot_text = to_canonical_json(draft_.snapshot);
    draft_.warnings = warnings_of(draft_.snapshot, request_.transformed);
    return std::move(draft_);
  }

 private:
  [[nodiscard]] std::optional<VersionNumber> live_number() const {
    return live_ ? std::optional(live_->manifest.version) : std::nullopt;
  }
  [[nodiscard]] bool same_definition() const {
    return live_ && live_->manifest.definition == definition_;
  }

  [[nodiscard]] Result<> check_base() const {
    if (request_.based_on != live_number()) {
      return fail(ErrorKind::kRefused, "load was prepared on {}, but {} is live now: do it again",
                  version_text(request_.based_on), version_text(live_number()));
    }
    return {};
  }

  /// The parts that stay and those written anew, in the order of the live version's.
  Result<> arrange_parts() {
    std::map<std::size_t, const RewrittenPart*> rewritten;  // by the first position it replaces
    std::set<std::size_t> leaving = request_.dropped;
    for (const RewrittenPart& part : request_.rewritten) {
      CHECK(!part.replaces.empty() && std::ranges::is_sorted(part.replaces));
      rewritten.emplace(part.replaces.front(), &part);
      for (const std::size_t position : part.replaces) CHECK(leaving.insert(position).second);
    }
    CHECK(leaving.empty() || *leaving.rbegin() < live_parts_->size());
    for (std::size_t position = 0; position < live_parts_->size(); ++position) {
      if (const auto anew = rewritten.find(position); anew != rewritten.end()) {
        TRY(add_rewritten(*anew->second));
      } else if (!leaving.contains(position)) {
        TRY(add_live(position));
      }
    }
    return {};
  }

  Result<> add_live(std::size_t position) {
    if (!same_definition()) {
      return fail(ErrorKind::kRefused,
                  "definition of {} differs from the live version's: give --full-refresh with all "
                  "files ({})",
                  request_.dataset.id(), version_text(live_number()));
    }
    draft_.parts.push_back({(*live_parts_)[position], position, {}, {}});
    return {};
  }

  Result<> add_rewritten(const RewrittenPart& rewritten) {
    DraftPart draft{join_parts(*live_parts_, rewritten.replaces), std::nullopt, rewritten.processed,
                    rewritten.rejected};
    draft.part.definition = definition_;
    if (!draft.rejected.empty()) draft.part.rejected.clear();
    const std::int64_t rows = draft.part.rows.processed;
    CHECK(draft.processed.empty() == (rows == 0));
    if (rows > 0) TRY(check_processed(connection_, request_.dataset, draft.processed, rows));
    draft_.parts.push_back(std::move(draft));
    return {};
  }

  Result<> add_new_part() {
    if (!request_.transformed) return {};
    TRY(refuse_known_files(draft_.parts, request_.transformed->files, request_.append));
    new_rows_ = *request_.transformed;
    TransformOutcome& outcome = *new_rows_;
    TRY(check_outputs(connection_, request_.dataset, outcome));
    if (request_.dataset.clean.deduplicate == Deduplicate::kAllColumns) {
      const auto earlier = TRY(earlier_files());
      TRY(remove_earlier_rows(connection_, request_.dataset, earlier,
                              scratch_ / "processed_new.parquet", outcome, control_));
    }
    if (!outcome.history)
      outcome.history =
          TRY(duckdb::count_labels(connection_, request_.dataset, {outcome.processed}));
    DraftPart draft;
    draft.part.definition = definition_;
    draft.part.rows = outcome.rows;
    draft.part.files = outcome.files;
    draft.part.unknown_columns = outcome.unknown_columns;
    draft.part.time_ranges = outcome.time_ranges;
    if (outcome.rows.processed > 0) draft.processed = outcome.processed;
    draft.rejected = outcome.rejected;
    draft_.new_rows = outcome.rows;
    draft_.parts.push_back(std::move(draft));
    return {};
  }

  /// Files of those parts that may hold rows of the new ones.
  Result<std::vector<fs::path>> earlier_files() {
    const std::vector<TimeRange>& ranges = new_rows_->time_ranges;
    std::vector<fs::path> files;
    std::vector<std::size_t> positions;
    for (const DraftPart& draft : draft_.parts) {
      if (draft.part.rows.processed == 0 || !may_share_rows(draft.part.time_ranges, ranges)) {
        continue;
      }
      draft.live ? positions.push_back(*draft.live) : files.push_back(draft.processed);
    }
    if (positions.empty()) return files;
    for (const PartFiles& part : TRY(read_parts_(positions, ranges)))
      if (!part.processed.empty()) files.push_back(part.processed);
    return files;
  }

  /// Counts add up: what leaves is subtracted, and no row that stays is read.
  Result<> count_history() {
    HistoryCounts& history = draft_.snapshot.history;
    history = HistoryCounts(request_.dataset.variants);
    if (same_definition() && request_.dropped.size() < live_parts_->size()) {
      history = live_->snapshot.history;
      TRY(subtract_dropped(history));
    } else {
      for (const RewrittenPart& part : request_.rewritten) history += part.history;
    }
    if (new_rows_) history += *new_rows_->history;
    return {};
  }

  Result<> subtract_dropped(HistoryCounts& history) {
    std::vector<std::size_t> positions;
    std::ranges::copy_if(request_.dropped, std::back_inserter(positions),
                         [&](std::size_t i) { return (*live_parts_)[i].rows.processed > 0; });
    if (positions.empty()) return {};
    std::vector<fs::path> files;
    for (const PartFiles& part : TRY(read_parts_(positions, {}))) files.push_back(part.processed);
    if (history.subtract(TRY(duckdb::count_labels(connection_, request_.dataset, files))))
      return {};
    return fail(ErrorKind::kRefused,
                "parts of the live version hold rows that its snapshot does not count: rebuild {} "
                "from all files with --full-refresh",
                request_.dataset.id());
  }

  duckdb::Connection& connection_;
  const LoadRequest& request_;
  const std::optional<LiveVersion>& live_;
  const ReadParts& read_parts_;
  const fs::path& scratch_;
  const JobControl& control_;
  std::string definition_;
  const std::vector<Part> no_parts_;
  const std::vector<Part>* live_parts_ = &no_parts_;
  std::optional<TransformOutcome> new_rows_;  ///< less those that other parts hold
  VersionDraft draft_;
};

}  // namespace

std::set<std::size_t> all_parts(const VersionManifest& manifest) {
  std::set<std::size_t> positions;
  for (std::size_t i = 0; i < manifest.parts.size(); ++i) positions.insert(i);
  return positions;
}

Result<> refuse_known_files(const std::vector<DraftPart>& parts,
                            const std::vector<SourceFile>& files, bool append) {
  std::map<std::string_view, const SourceFile*> by_content;
  std::map<std::string, const SourceFile*> by_path;
  for (const DraftPart& draft : parts) {
    for (const SourceFile& known : draft.part.files) {
      by_content.emplace(known.sha256, &known);
      by_path.emplace(known.path.string(), &known);
    }
  }
  for (const SourceFile& file : files) {
    if (const auto known = by_content.find(file.sha256); known != by_content.end()) {
      return fail(ErrorKind::kRefused,
                  "file is in the live version already: {} (taken as {}): leave it out",
                  file.path.string(), known->second->path.string());
    }
    if (!append && by_path.contains(file.path.string())) {
      return fail(ErrorKind::kRefused,
                  "file has changed since the live version took it: {}: give --append to keep its "
                  "old rows too, or replace them by `voucher run --replace`",
                  file.path.string());
    }
  }
  return {};
}

Result<VersionDraft> draft_version(duckdb::Connection& connection, const LoadRequest& request,
                                   const std::optional<LiveVersion>& live,
                                   const ReadParts& read_parts, const fs::path& scratch,
                                   const JobControl& control) {
  return Drafting(connection, request, live, read_parts, scratch, control).draft();
}

VersionManifest describe(const LoadRequest& request, const VersionDraft& draft, Timestamp now) {
  VersionManifest manifest;
  manifest.domain = request.dataset.domain;
  manifest.dataset = request.dataset.dataset;
  manifest.based_on = request.based_on;
  manifest.snapshot = sha256_hex(draft.snapshot_text);
  manifest.definition = definition_hash(request.dataset);
  manifest.names = request.dataset.warehouse;
  manifest.engine = request.engine;
  manifest.tool_version = request.tool_version;
  manifest.run_id = request.run_id;
  manifest.loaded_at = now;
  manifest.loaded_by = request.loaded_by;
  manifest.rows = draft.snapshot.rows;
  manifest.new_rows = draft.new_rows;
  for (const DraftPart& part : draft.parts) manifest.parts.push_back(part.part);
  manifest.stages = request.stages;
  manifest.warnings = draft.warnings;
  return manifest;
}

Result<LoadPreview> preview_of(VersionDraft draft, const ReadParts& read_parts) {
  LoadPreview preview{std::move(draft.snapshot), {}};
  std::vector<std::size_t> live;
  for (const DraftPart& part : draft.parts) {
    if (part.part.rows.processed == 0) continue;
    part.live ? live.push_back(*part.live) : preview.processed.push_back(part.processed);
  }
  if (live.empty()) return preview;
  for (const PartFiles& part : TRY(read_parts(live, {})))
    preview.processed.push_back(part.processed);
  return preview;
}

}  // namespace voucher
