#include "cli/report.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace voucher {
namespace {

using nlohmann::ordered_json;

constexpr std::string_view kUnsegmented = "unsegmented";

std::string share_of(std::int64_t part, std::int64_t whole) {
  if (whole == 0) return "";
  return fmt::format("  {:5.1f} %", 100.0 * static_cast<double>(part) / static_cast<double>(whole));
}

}  // namespace

ordered_json version_reference(const DatasetId& id, VersionNumber version) {
  return {{"domain", id.domain}, {"dataset", id.dataset}, {"version", version}};
}

ordered_json variants_json(const Dataset& dataset, const HistoryCounts& history) {
  ordered_json document = ordered_json::object();
  const auto rows = history.rows_per_segment();
  for (VariantIndex variant = 0; variant < dataset.variants.size(); ++variant) {
    const auto& segments = dataset.variants[variant].segments;
    ordered_json counts = ordered_json::object();
    for (SegmentIndex i = 0; i < segments.size(); ++i) counts[segments[i].label] = rows[variant][i];
    counts[std::string(kUnsegmented)] = rows[variant].back();
    document[dataset.variants[variant].name] = std::move(counts);
  }
  return document;
}

ordered_json stages_json(const std::vector<StageTime>& stages) {
  ordered_json list = ordered_json::array();
  for (const StageTime& stage : stages) {
    list.push_back({{"name", stage.name}, {"seconds", stage.seconds}, {"rows", stage.rows}});
  }
  return list;
}

ordered_json version_json(const VersionSummary& version) {
  const VersionManifest& manifest = version.manifest;
  ordered_json publications = ordered_json::array();
  for (const Publication& publication : version.publications) {
    publications.push_back({{"at", format_iso(publication.at)},
                            {"by", publication.by},
                            {"why", publication.why},
                            {"replaced", publication.replaced ? ordered_json(*publication.replaced)
                                                              : ordered_json()}});
  }
  return {{"version", manifest.version},
          {"state", to_string(version.state)},
          {"live", version.live},
          {"snapshot", named_hash(manifest.snapshot)},
          {"definition", named_hash(manifest.definition)},
          {"based_on", manifest.based_on ? ordered_json(*manifest.based_on) : ordered_json()},
          {"engine", manifest.engine},
          {"run_id", manifest.run_id},
          {"loaded_at", format_iso(manifest.loaded_at)},
          {"loaded_by", manifest.loaded_by},
          {"rows", rows_json(manifest.rows)},
          {"new", {{"rows", rows_json(manifest.new_rows)}}},
          {"warnings", manifest.warnings},
          {"publications", std::move(publications)}};
}

std::string rows_text(const RowCounts& rows) {
  std::string text;
  const auto line = [&](std::string_view name, std::int64_t count, bool with_share) {
    text += fmt::format("  {:<34}{:>14}{}\n", name, with_thousands(count),
                        with_share ? share_of(count, rows.raw) : "");
  };
  line("raw", rows.raw, false);
  line("processed", rows.processed, true);
  line("rejected", rows.rejected, true);
  for (const auto& [reason, count] : rows.rejected_by) line("  " + reason, count, true);
  line("duplicates", rows.duplicates, true);
  return text;
}

std::string variants_text(const Dataset& dataset, const HistoryCounts& history) {
  std::string text;
  const auto rows = history.rows_per_segment();
  for (VariantIndex variant = 0; variant < dataset.variants.size(); ++variant) {
    text += fmt::format("  {}\n", dataset.variants[variant].name);
    const auto& segments = dataset.variants[variant].segments;
    for (SegmentIndex i = 0; i <= segments.size(); ++i) {
      const std::string_view label =
          i < segments.size() ? std::string_view(segments[i].label) : kUnsegmented;
      text += fmt::format("    {:<32}{:>14}\n", label, with_thousands(rows[variant][i]));
    }
  }
  return text;
}

std::string stages_text(const std::vector<StageTime>& stages) {
  std::string text;
  for (const StageTime& stage : stages) {
    text += fmt::format("{}{} {:.2f} s", text.empty() ? "" : " · ", stage.name, stage.seconds);
  }
  return text;
}

}  // namespace voucher
