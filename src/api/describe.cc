#include "api/describe.h"

#include <nlohmann/json.hpp>
#include <ranges>

#include "api/serving.h"
#include "decision/definition_json.h"

namespace voucher {
namespace {

using Json = nlohmann::ordered_json;

std::string text_of(const Json& document) {
  // A path or user name of the machine may be no UTF-8: it must not stop the server.
  return document.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json rows_json(const RowCounts& rows) {
  return {{"raw", rows.raw},
          {"processed", rows.processed},
          {"rejected", rows.rejected},
          {"duplicates", rows.duplicates},
          {"rejected_by", rows.rejected_by}};
}

Json counts_json(const AmountCounts& counts) {
  return {{"rows", counts.rows()}, {"null_rows", counts.null_rows}};
}

void add_outcome(Json& object, const Outcome& outcome, const std::string& amount) {
  object.update(Json::parse("{" + outcome_members(outcome, amount) + "}"));
}

Json version_head(const VersionSummary& version) {
  const VersionManifest& manifest = version.manifest;
  Json publications = Json::array();
  for (const Publication& publication : version.publications) {
    publications.push_back(
        {{"at", format_iso(publication.at)},
         {"by", publication.by},
         {"why", publication.why},
         {"replaced", publication.replaced ? Json(*publication.replaced) : Json(nullptr)}});
  }
  return {{"version", manifest.version},
          {"state", to_string(version.state)},
          {"live", version.live},
          {"based_on", manifest.based_on ? Json(*manifest.based_on) : Json(nullptr)},
          {"snapshot", "sha256:" + manifest.snapshot},
          {"definition", "sha256:" + manifest.definition},
          {"engine", manifest.engine},
          {"tool_version", manifest.tool_version},
          {"run_id", manifest.run_id},
          {"loaded_at", format_iso(manifest.loaded_at)},
          {"loaded_by", manifest.loaded_by},
          {"rows", rows_json(manifest.rows)},
          {"new", {{"rows", rows_json(manifest.new_rows)}}},
          {"warnings", manifest.warnings},
          {"publications", std::move(publications)}};
}

Json groups_json(const Decider& decider, const std::string& amount) {
  Json groups = Json::array();
  for (const auto& [folded, counts] : decider.snapshot().history.groups()) {
    const auto choice = choose(counts.all, decider.dataset().decision.choose);
    Json group = {{"group", counts.shown()}};
    group.update(counts_json(counts.all));
    group[amount] = choice ? Json(choice->amount) : Json(nullptr);
    groups.push_back(std::move(group));
  }
  return groups;
}

Json cells_json(const Decider& decider, const std::string& amount) {
  Json cells = Json::array();
  std::size_t position = 0;
  for (const auto& [folded, counts] : decider.snapshot().history.groups()) {
    for (VariantIndex v = 0; v < decider.dataset().variants.size(); ++v) {
      const Variant& variant = decider.dataset().variants[v];
      for (SegmentIndex s = 0; s <= variant.segments.size(); ++s) {
        const bool labelled = s < variant.segments.size();
        Json cell = {{"group", counts.shown()},
                     {"segment_name", variant.name},
                     {"segment", labelled ? Json(variant.segments[s].label) : Json(nullptr)}};
        cell.update(counts_json(counts.cells[v][s]));
        const auto segment = labelled ? std::optional(s) : std::nullopt;
        add_outcome(cell, decider.outcomes()[decider.outcome_index(position, v, segment)], amount);
        cells.push_back(std::move(cell));
      }
    }
    ++position;
  }
  return cells;
}

Json parts_json(const std::vector<Part>& parts) {
  Json list = Json::array();
  for (const Part& part : parts) {
    Json files = Json::array();
    for (const SourceFile& file : part.files) {
      files.push_back({{"path", file.path.string()},
                       {"sha256", file.sha256},
                       {"bytes", file.bytes},
                       {"rows", file.rows}});
    }
    list.push_back({{"name", part.name},
                    {"rows", rows_json(part.rows)},
                    {"files", std::move(files)},
                    {"unknown_columns", part.unknown_columns}});
  }
  return list;
}

}  // namespace

std::string describe_dataset(const DatasetId& id, const Decider& decider,
                             const VersionSummary& summary) {
  const Dataset& dataset = decider.dataset();
  const std::string& amount = dataset.source.columns[dataset.decision.amount].name;
  Json document = {{"domain", id.domain}, {"dataset", id.dataset}};
  document.update(version_head(summary));
  // They change without the version doing so; the list of versions has them.
  document.erase("publications");
  document.erase("state");
  document.erase("live");
  const nlohmann::json sections = deciding_json(dataset);
  for (const auto& [section, content] : sections.items()) document[section] = content;
  document["groups"] = groups_json(decider, amount);
  document["cells"] = cells_json(decider, amount);
  return text_of(document);
}

std::string describe_list(const ServedDatasets& served) {
  Json datasets = Json::array();
  for (const ServedDataset& entry : served.datasets) {
    const Serving& serving = *entry.serving;
    Json variants = Json::array();
    for (const Variant& variant : serving.dataset().variants) variants.push_back(variant.name);
    const std::string path = "/v1/" + serving.id().domain + "/" + serving.id().dataset;
    datasets.push_back({{"domain", serving.id().domain},
                        {"dataset", serving.id().dataset},
                        {"version", serving.version()},
                        {"snapshot", "sha256:" + serving.snapshot_hash()},
                        {"loaded_at", format_iso(serving.loaded_at())},
                        {"segment_names", std::move(variants)},
                        {"groups", serving.decider().group_count()},
                        {"classic", &entry == served.classic},
                        {"path", path}});
  }
  return text_of({{"datasets", std::move(datasets)}});
}

std::string describe_versions(const DatasetId& id, const std::vector<VersionSummary>& versions) {
  Json document = {{"domain", id.domain}, {"dataset", id.dataset}, {"live", nullptr}};
  Json list = Json::array();
  for (const VersionSummary& version : versions | std::views::reverse) {
    if (version.live) document["live"] = version.manifest.version;
    list.push_back(version_head(version));
  }
  document["versions"] = std::move(list);
  return text_of(document);
}

std::string describe_version(const VersionSummary& version) {
  Json document = {{"domain", version.manifest.domain}, {"dataset", version.manifest.dataset}};
  document.update(version_head(version));
  document["parts"] = parts_json(version.manifest.parts);
  Json stages = Json::array();
  for (const StageTime& stage : version.manifest.stages) {
    stages.push_back({{"name", stage.name}, {"seconds", stage.seconds}, {"rows", stage.rows}});
  }
  document["stages"] = std::move(stages);
  return text_of(document);
}

}  // namespace voucher
