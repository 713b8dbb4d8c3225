// Every endpoint in one table: how it is reached, what it needs, what it answers. The dispatcher,
// the metrics and the description for clients (openapi.h) all read it.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string_view>

#include "api/handlers/handlers.h"
#include "http/message.h"

namespace voucher {

/// What a handler is about; the dispatcher finds it or answers for the handler.
enum class Target {
  kNothing,
  kClassic,  ///< the dataset of the classic endpoint
  kDataset,  ///< the dataset that the path names
};

/// The form of the 200 answer and of the body, as openapi.h describes them.
enum class Payload {
  kNone,
  kText,
  kPage,
  kClassic,
  kDecision,
  kBatch,
  kDatasets,
  kDataset,
  kVersions,
  kVersion,
  kHealth,
  kOpenApi,
};

struct Route {
  http::Method method = http::Method::kGet;  ///< kGet: HEAD as well
  std::string_view pattern;                  ///< `{name}` stands for one segment of the path
  Target target = Target::kNothing;
  bool open = false;  ///< needs no API key
  std::size_t body_bytes = 0;
  Handler handler = nullptr;
  Payload payload = Payload::kNone;
  std::string_view operation;  ///< its name for generated clients
  std::string_view summary;
  std::array<int, 4> statuses{};  ///< its own beside those that the table implies; 0: none
};

[[nodiscard]] std::span<const Route> routes();

/// A path split at its slashes. At most so many segments: more fit no route.
struct PathSegments {
  static constexpr std::size_t kMost = 5;
  std::array<std::string_view, kMost> items{};
  std::size_t count = 0;  ///< kMost + 1 for more
};

[[nodiscard]] PathSegments split_path(std::string_view path);

/// What a path and method lead to.
struct Match {
  const Route* route = nullptr;  ///< nullptr: no such path, or not with this method
  const Route* other = nullptr;  ///< a route of the path, where the method is another
  std::string_view allow;        ///< the path's methods, then
  PathParameters parameters;
};

[[nodiscard]] Match match_route(http::Method method, const PathSegments& segments);

}  // namespace voucher
