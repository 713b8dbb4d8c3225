#include "api/routes.h"

#include "api/limits.h"
#include "api/metrics.h"
#include "api/statuses.h"

namespace voucher {
namespace {

using http::Method;
using enum Target;
namespace s = status;

constexpr std::size_t kBody = limits::kBodyBytes;
constexpr std::size_t kBatchBody = limits::kBatchBodyBytes;

constexpr std::array kRoutes{
    Route{Method::kPost,
          "/get-segment-voucher",
          kClassic,
          false,
          kBody,
          answer_classic,
          Payload::kClassic,
          "getSegmentVoucher",
          "The voucher for one customer, and no more",
          {s::kNoContent}},
    Route{Method::kPost, "/v1/{domain}/{dataset}/decisions", kDataset, false, kBody,
          answer_decision, Payload::kDecision, "decide",
          "The voucher for one customer, with its evidence"},
    Route{Method::kPost, "/v1/{domain}/{dataset}/decisions/batch", kDataset, false, kBatchBody,
          answer_batch, Payload::kBatch, "decideBatch",
          "Up to 1,000 decisions, each with its status"},
    Route{Method::kGet,
          "/v1/datasets",
          kNothing,
          false,
          kBody,
          answer_datasets,
          Payload::kDatasets,
          "listDatasets",
          "The datasets that are served",
          {s::kNotModified}},
    Route{Method::kGet,
          "/v1/{domain}/{dataset}",
          kDataset,
          false,
          kBody,
          answer_dataset,
          Payload::kDataset,
          "getDataset",
          "A dataset: definition, cells, version, quality of the last run",
          {s::kNotModified}},
    Route{Method::kGet,
          "/v1/{domain}/{dataset}/versions",
          kDataset,
          false,
          kBody,
          answer_versions,
          Payload::kVersions,
          "listVersions",
          "The versions of a dataset, newest first",
          {s::kNotModified}},
    Route{Method::kGet,
          "/v1/{domain}/{dataset}/versions/{version}",
          kDataset,
          false,
          kBody,
          answer_version,
          Payload::kVersion,
          "getVersion",
          "One version with its files and stages",
          {s::kNotModified}},
    Route{Method::kGet, "/health", kNothing, true, kBody, answer_health, Payload::kHealth,
          "getHealth", "Whether the process is alive"},
    Route{Method::kGet,
          "/ready",
          kNothing,
          true,
          kBody,
          answer_ready,
          Payload::kHealth,
          "getReady",
          "Whether a snapshot is loaded",
          {s::kUnavailable}},
    Route{Method::kGet, "/metrics", kNothing, false, kBody, answer_metrics, Payload::kText,
          "getMetrics", "Counters for Prometheus"},
    Route{Method::kGet,
          "/openapi.json",
          kNothing,
          false,
          kBody,
          answer_openapi,
          Payload::kOpenApi,
          "getOpenApi",
          "This description",
          {s::kNotModified}},
    Route{Method::kGet,
          "/docs",
          kNothing,
          false,
          kBody,
          answer_docs,
          Payload::kPage,
          "getDocs",
          "This description as a page",
          {s::kNotModified}},
    Route{Method::kGet,
          "/docs/{file}",
          kNothing,
          false,
          kBody,
          answer_docs_asset,
          Payload::kPage,
          "getDocsFile",
          "A file of that page",
          {s::kNotModified, s::kNotFound}},
    Route{Method::kGet,
          "/",
          kNothing,
          false,
          kBody,
          answer_start_page,
          Payload::kPage,
          "getStartPage",
          "Where to go from here",
          {s::kNotModified}},
};
// One more is for requests that fit no route.
static_assert(kRoutes.size() + 1 <= Metrics::kMostRoutes);

/// The patterns, split once.
struct Pattern {
  std::array<std::string_view, PathSegments::kMost> items{};
  std::size_t count = 0;
};

constexpr Pattern split_pattern(std::string_view pattern) {
  Pattern split;
  pattern.remove_prefix(1);
  while (true) {
    const std::size_t slash = pattern.find('/');
    split.items[split.count++] = pattern.substr(0, slash);
    if (slash == std::string_view::npos) return split;
    pattern.remove_prefix(slash + 1);
  }
}

constexpr auto kPatterns = [] {
  std::array<Pattern, kRoutes.size()> patterns{};
  for (std::size_t i = 0; i < kRoutes.size(); ++i) patterns[i] = split_pattern(kRoutes[i].pattern);
  return patterns;
}();

bool fits(const Pattern& pattern, const PathSegments& segments, PathParameters& parameters) {
  if (pattern.count != segments.count) return false;
  std::size_t parameter = 0;
  for (std::size_t i = 0; i < pattern.count; ++i) {
    if (pattern.items[i].starts_with('{')) {
      if (segments.items[i].empty()) return false;
      parameters[parameter++] = segments.items[i];
    } else if (pattern.items[i] != segments.items[i]) {
      return false;
    }
  }
  return true;
}

}  // namespace

std::span<const Route> routes() {
  return kRoutes;
}

PathSegments split_path(std::string_view path) {
  PathSegments segments;
  if (path.starts_with('/')) path.remove_prefix(1);
  while (true) {
    const std::size_t slash = path.find('/');
    if (segments.count == PathSegments::kMost) {
      ++segments.count;
      return segments;
    }
    segments.items[segments.count++] = path.substr(0, slash);
    if (slash == std::string_view::npos) return segments;
    path.remove_prefix(slash + 1);
  }
}

Match match_route(Method method, const PathSegments& segments) {
  const Method wanted = method == Method::kHead ? Method::kGet : method;
  Match match;
  for (std::size_t i = 0; i < kRoutes.size(); ++i) {
    if (!fits(kPatterns[i], segments, match.parameters)) continue;
    if (kRoutes[i].method == wanted) {
      match.route = &kRoutes[i];
      return match;
    }
    match.other = &kRoutes[i];
    match.allow = kRoutes[i].method == Method::kGet ? "GET, HEAD" : "POST";
  }
  return match;
}

}  // namespace voucher
