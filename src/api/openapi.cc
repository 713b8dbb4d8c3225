#include "api/openapi.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>

#include "api/limits.h"
#include "api/openapi_schemas.h"
#include "api/routes.h"
#include "api/statuses.h"
#include "base/version.h"

namespace voucher {
namespace {

using Json = nlohmann::ordered_json;

Json reference(const std::string& name) {
  return {{"$ref", "#/components/schemas/" + name}};
}

/// The schema of a route's 200 answer. `dataset` is nullptr where a path names none that is served.
Json answer_schema(Payload payload, const DatasetId* dataset) {
  const auto of_dataset = [&](std::string_view kind) {
    return dataset != nullptr ? reference(schema_name(*dataset, kind)) : Json{{"type", "object"}};
  };
  switch (payload) {
    case Payload::kNone:
    case Payload::kText:
    case Payload::kPage: return {{"type", "string"}};
    case Payload::kClassic: return of_dataset("Classic");
    case Payload::kDecision: return of_dataset("Decision");
    case Payload::kBatch: return of_dataset("BatchAnswer");
    case Payload::kDatasets: return reference("Datasets");
    case Payload::kDataset: return reference("Dataset");
    case Payload::kVersions: return reference("Versions");
    case Payload::kVersion: return reference("Version");
    case Payload::kHealth: return reference("Status");
    case Payload::kOpenApi: return {{"type", "object"}};
  }
  return Json::object();
}

std::string media_type(Payload payload) {
  if (payload == Payload::kText) return "text/plain";
  return payload == Payload::kPage ? "*/*" : "application/json";
}

std::set<int> statuses_of(const Route& route) {
  std::set<int> statuses{status::kOk};
  if (!route.open) statuses.insert(status::kUnauthorized);
  if (route.target != Target::kNothing) {
    statuses.insert({status::kNotFound, status::kUnavailable});
  }
  if (route.method == http::Method::kPost) {
    statuses.insert({status::kUnsupportedMediaType, status::kUnprocessable});
  }
  for (const int own : route.statuses) {
    if (own != 0) statuses.insert(own);
  }
  for (const status::Meaning& meaning : status::kMeanings) {
    if (meaning.everywhere) statuses.insert(meaning.code);
  }
  return statuses;
}

Json response_of(const Route& route, int code, const DatasetId* dataset) {
  const status::Meaning& meaning = status::kMeanings[status::index_of(code)];
  const Json text_header = {{"schema", {{"type", "string"}}}};
  Json headers = {{"X-Request-ID", text_header}};
  Json response = {{"description", meaning.text}};
  if (code == status::kOk) {
    response["content"][media_type(route.payload)]["schema"] =
        answer_schema(route.payload, dataset);
  } else if (code == status::kBadRequest) {
    // The server's own 400 has a sentence, that of a broken body the place and kind.
    response["content"]["application/json"]["schema"] = {
        {"oneOf", {reference("Error"), reference("Violations")}}};
  } else if (code == status::kUnprocessable) {
    response["content"]["application/json"]["schema"] = reference("Violations");
  } else if (code >= status::kBadRequest) {
    response["content"]["application/json"]["schema"] = reference("Error");
  }
  const bool tagged = route.target != Target::kNothing || route.payload == Payload::kDatasets ||
                      route.payload == Payload::kPage || route.payload == Payload::kOpenApi;
  if (code < status::kBadRequest && tagged) headers["ETag"] = text_header;
  if (code == status::kUnavailable) headers["Retry-After"] = text_header;
  if (code == status::kUnauthorized) headers["WWW-Authenticate"] = text_header;
  response["headers"] = std::move(headers);
  return response;
}

Json body_of(const Route& route, const DatasetId* dataset) {
  const std::string_view kind = route.payload == Payload::kBatch ? "Batch" : "Request";
  const Json schema =
      dataset != nullptr ? reference(schema_name(*dataset, kind)) : Json{{"type", "object"}};
  return {{"required", true},
          {"description", fmt::format("At most {} bytes, 4 levels deep, UTF-8", route.body_bytes)},
          {"content", {{"application/json", {{"schema", schema}}}}}};
}

/// Parameters that stay in the path.
Json parameters_of(std::string_view path) {
  Json parameters = Json::array();
  for (std::size_t open = path.find('{'); open != std::string_view::npos;
       open = path.find('{', open + 1)) {
    const std::string name(path.substr(open + 1, path.find('}', open) - open - 1));
    const Json schema = name == "version" ? Json{{"type", "integer"}, {"minimum", 1}}
                                          : Json{{"type", "string"}, {"pattern", "^[^/]+$"}};
    parameters.push_back({{"name", name}, {"in", "path"}, {"required", true}, {"schema", schema}});
  }
  parameters.push_back(
      {{"name", "X-Request-ID"},
       {"in", "header"},
       {"required", false},
       {"description", "Comes back as it is; else the server makes one"},
       {"schema", {{"type", "string"}, {"pattern", "^[A-Za-z0-9._:/+=@-]{1,128}$"}}}});
  return parameters;
}

Json operation_of(const Route& route, const std::string& path, const DatasetId* dataset,
                  bool named) {
  std::string id(route.operation);
  if (named && dataset != nullptr) id += "_" + dataset->domain + "_" + dataset->dataset;
  Json responses = Json::object();
  for (const int code : statuses_of(route)) {
    responses[std::to_string(code)] = response_of(route, code, dataset);
  }
  Json operation = {{"operationId", id},
                    {"summary", route.summary},
                    {"tags",
                     {named && dataset != nullptr ? dataset->domain + "/" + dataset->dataset
                                                  : std::string("server")}},
                    {"parameters", parameters_of(path)}};
  if (route.method == http::Method::kPost) operation["requestBody"] = body_of(route, dataset);
  operation["responses"] = std::move(responses);
  if (route.open) operation["security"] = Json::array();
  return operation;
}

std::string path_of(std::string_view pattern, const DatasetId& id) {
  constexpr std::string_view kPlace = "/{domain}/{dataset}";
  std::string path(pattern);
  if (const std::size_t at = path.find(kPlace); at != std::string::npos) {
    path.replace(at, kPlace.size(), "/" + id.domain + "/" + id.dataset);
  }
  return path;
}

Json paths_of(const ServedDatasets& served) {
  Json paths = Json::object();
  const auto add = [&](const Route& route, const std::string& path, const DatasetId* id,
                       bool named) {
    const bool posts = route.method == http::Method::kPost;
    paths[path][posts ? "post" : "get"] = operation_of(route, path, id, named);
  };
  for (const Route& route : routes()) {
    if (route.target == Target::kDataset && !served.datasets.empty()) {
      for (const ServedDataset& entry : served.datasets) {
        add(route, path_of(route.pattern, entry.serving->id()), &entry.serving->id(), true);
      }
      continue;
    }
    const bool classic = route.target == Target::kClassic && served.classic != nullptr;
    add(route, std::string(route.pattern), classic ? &served.classic->serving->id() : nullptr,
        false);
  }
  return paths;
}

constexpr std::string_view kDescription =
    "Live decisions about vouchers. Every answer carries X-Request-ID. Limits: request line 2 KiB, "
    "headers 8 KiB and 64 fields, body 4 KiB (batch 1 MiB and 1,000 items), JSON 4 levels deep. "
    "Other methods than those listed get 405 with Allow; HEAD goes wherever GET does.";

}  // namespace

std::string openapi_document(const ServedDatasets& served) {
  Json schemas = shared_schemas();
  for (const ServedDataset& entry : served.datasets) {
    schemas.update(dataset_schemas(*entry.serving));
  }
  const Json bearer = {{"type", "http"}, {"scheme", "bearer"}};
  const Json key = {{"type", "apiKey"}, {"in", "header"}, {"name", "X-API-Key"}};
  const Json document = {
      {"openapi", "3.1.0"},
      {"info", {{"title", "voucher"}, {"version", kToolVersion}, {"description", kDescription}}},
      // The empty one: keys are needed only where the server was started with them.
      {"security", {Json::object(), {{"bearer", Json::array()}}, {{"key", Json::array()}}}},
      {"paths", paths_of(served)},
      {"components",
       {{"schemas", std::move(schemas)}, {"securitySchemes", {{"bearer", bearer}, {"key", key}}}}}};
  return document.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace voucher
