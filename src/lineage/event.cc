#include "lineage/event.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/version.h"

namespace voucher {
namespace {

using nlohmann::ordered_json;

std::string producer() {
  return fmt::format("urn:voucher:{}", kToolVersion);
}

/// A facet with what all have; `version` and `name` are those of its schema.
ordered_json facet(std::string_view version, std::string_view name) {
  return {{"_producer", producer()},
          {"_schemaURL", fmt::format("https://openlineage.io/spec/facets/{0}/{1}.json#/$defs/{1}",
                                     version, name)}};
}

ordered_json schema_facet(const std::vector<LineageField>& fields) {
  ordered_json document = facet("1-2-0", "SchemaDatasetFacet");
  ordered_json list = ordered_json::array();
  for (const LineageField& field : fields)
    list.push_back({{"name", field.name}, {"type", field.type}});
  document["fields"] = std::move(list);
  return document;
}

ordered_json transformation(LineageUse use) {
  switch (use) {
    case LineageUse::kIdentity: return {{"type", "DIRECT"}, {"subtype", "IDENTITY"}};
    case LineageUse::kTransformation: return {{"type", "DIRECT"}, {"subtype", "TRANSFORMATION"}};
    case LineageUse::kAggregation: return {{"type", "DIRECT"}, {"subtype", "AGGREGATION"}};
    case LineageUse::kFilter: return {{"type", "INDIRECT"}, {"subtype", "FILTER"}};
    case LineageUse::kGroupBy: return {{"type", "INDIRECT"}, {"subtype", "GROUP_BY"}};
  }
  return {};
}

/// The columns in each of the inputs.
ordered_json input_fields(const std::vector<LineageSource>& sources,
                          const std::vector<LineageInput>& inputs) {
  ordered_json list = ordered_json::array();
  for (const LineageInput& input : inputs) {
    for (const LineageSource& source : sources) {
      list.push_back({{"namespace", input.name.space},
                      {"name", input.name.name},
                      {"field", source.column},
                      {"transformations", ordered_json::array({transformation(source.use)})}});
    }
  }
  return list;
}

ordered_json column_facet(const LineageColumns& columns, const std::vector<LineageInput>& inputs) {
  ordered_json document = facet("1-2-0", "ColumnLineageDatasetFacet");
  ordered_json fields = ordered_json::object();
  for (const auto& [column, sources] : columns.sources)
    fields[column] = {{"inputFields", input_fields(sources, inputs)}};
  document["fields"] = std::move(fields);
  document["dataset"] = input_fields(columns.rows, inputs);
  return document;
}

ordered_json source_facet(const std::string& address) {
  ordered_json document = facet("1-0-1", "DatasourceDatasetFacet");
  document["name"] = address;
  document["uri"] = address;
  return document;
}

ordered_json input_json(const LineageInput& input) {
  ordered_json facets = {{"dataSource", source_facet(input.name.space)}};
  if (!input.schema.empty()) facets["schema"] = schema_facet(input.schema);
  ordered_json statistics = facet("1-0-0", "InputStatisticsInputDatasetFacet");
  if (input.bytes) statistics["size"] = *input.bytes;
  if (input.files) statistics["fileCount"] = *input.files;
  ordered_json document = {
      {"namespace", input.name.space}, {"name", input.name.name}, {"facets", std::move(facets)}};
  if (input.bytes || input.files)
    document["inputFacets"] = {{"inputStatistics", std::move(statistics)}};
  return document;
}

ordered_json output_json(const LineageOutput& output, const std::vector<LineageInput>& inputs) {
  ordered_json facets = {{"dataSource", source_facet(output.source)}};
  if (!output.columns.schema.empty()) facets["schema"] = schema_facet(output.columns.schema);
  if (!output.columns.sources.empty() && !inputs.empty())
    facets["columnLineage"] = column_facet(output.columns, inputs);
  if (output.version) {
    facets["version"] = facet("1-0-1", "DatasetVersionDatasetFacet");
    facets["version"]["datasetVersion"] = std::to_string(*output.version);
  }
  ordered_json document = {
      {"namespace", output.name.space}, {"name", output.name.name}, {"facets", std::move(facets)}};
  if (output.rows) {
    ordered_json statistics = facet("1-0-2", "OutputStatisticsOutputDatasetFacet");
    statistics["rowCount"] = *output.rows;
    document["outputFacets"] = {{"outputStatistics", std::move(statistics)}};
  }
  return document;
}

ordered_json run_json(const LineageEvent& event) {
  ordered_json facets = ordered_json::object();
  if (!event.engine_version.empty()) {
    ordered_json engine = facet("1-1-1", "ProcessingEngineRunFacet");
    engine["version"] = event.engine_version;
    engine["name"] = event.engine;
    engine["openlineageAdapterVersion"] = kToolVersion;
    facets["processing_engine"] = std::move(engine);
  }
  if (!event.error.empty()) {
    ordered_json error = facet("1-0-1", "ErrorMessageRunFacet");
    error["message"] = event.error;
    error["programmingLanguage"] = "C++";
    facets["errorMessage"] = std::move(error);
  }
  return {{"runId", event.run_id}, {"facets", std::move(facets)}};
}

ordered_json job_json(const LineageJob& job) {
  ordered_json type = facet("2-0-4", "JobTypeJobFacet");
  type["processingType"] = "BATCH";
  type["integration"] = "VOUCHER";
  type["jobType"] = job.type;
  ordered_json facets = {{"jobType", std::move(type)}};
  if (!job.description.empty()) {
    facets["documentation"] = facet("1-1-0", "DocumentationJobFacet");
    facets["documentation"]["description"] = job.description;
  }
  return {{"namespace", job.space}, {"name", job.name}, {"facets", std::move(facets)}};
}

}  // namespace

std::string_view to_string(LineageState state) {
  switch (state) {
    case LineageState::kStart: return "START";
    case LineageState::kComplete: return "COMPLETE";
    case LineageState::kFail: return "FAIL";
    case LineageState::kAbort: return "ABORT";
  }
  return "";
}

std::string render(const LineageEvent& event) {
  ordered_json inputs = ordered_json::array();
  for (const LineageInput& input : event.inputs) inputs.push_back(input_json(input));
  ordered_json outputs = ordered_json::array();
  for (const LineageOutput& output : event.outputs)
    outputs.push_back(output_json(output, event.inputs));
  const ordered_json document = {
      {"eventType", to_string(event.state)},
      {"eventTime", format_iso(event.time)},
      {"run", run_json(event)},
      {"job", job_json(event.job)},
      {"inputs", std::move(inputs)},
      {"outputs", std::move(outputs)},
      {"producer", producer()},
      {"schemaURL", "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent"}};
  return document.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

std::string make_uuid(Timestamp time, const std::pair<std::uint64_t, std::uint64_t>& random) {
  const auto millis = static_cast<std::uint64_t>(time.micros / 1000);
  const std::uint64_t high = (millis << 16U) | 0x7000U | (random.first & 0x0FFFU);
  const std::uint64_t low = (random.second & 0x3FFF'FFFF'FFFF'FFFFU) | 0x8000'0000'0000'0000U;
  return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", high >> 32U, (high >> 16U) & 0xFFFFU,
                     high & 0xFFFFU, low >> 48U, low & 0xFFFF'FFFF'FFFFU);
}

bool is_uuid(std::string_view text) {
  constexpr std::string_view kForm = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  const auto fits = [](char c, char form) {
    const bool digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    return form == '-' ? c == '-' : digit;
  };
  return std::ranges::equal(text, kForm, fits);
}

}  // namespace voucher
