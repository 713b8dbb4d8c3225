#include "api/api.h"

#include <chrono>
#include <utility>

#include "api/ids.h"
#include "api/json_text.h"
#include "api/limits.h"
#include "api/routes.h"
#include "api/statuses.h"

namespace voucher {
namespace {

using SteadyClock = std::chrono::steady_clock;

/// Two hexadecimal digits; -1 where there are none.
int byte_of(std::string_view digits) {
  int value = 0;
  if (digits.size() < 2) return -1;
  for (const char c : digits.substr(0, 2)) {
    const char lower = c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
    const std::size_t digit = std::string_view("0123456789abcdef").find(lower);
    if (digit == std::string_view::npos) return -1;
    value = value * 16 + static_cast<int>(digit);
  }
  return value;
}

/// A segment with its percent codes resolved; names on both sides of a slash stay apart.
std::string decoded(std::string_view segment) {
  std::string text;
  for (std::size_t i = 0; i < segment.size(); ++i) {
    const int byte = segment[i] == '%' ? byte_of(segment.substr(i + 1)) : -1;
    text += byte < 0 ? segment[i] : static_cast<char>(byte);
    if (byte >= 0) i += 2;
  }
  return text;
}

/// The path's segments. `storage` holds those that are not in the path as they are.
PathSegments segments_of(std::string_view path,
                         std::array<std::string, PathSegments::kMost>& storage) {
  PathSegments segments = split_path(path);
  if (!path.contains('%') || segments.count > PathSegments::kMost) return segments;
  for (std::size_t i = 0; i < segments.count; ++i) {
    storage[i] = decoded(segments.items[i]);
    segments.items[i] = storage[i];
  }
  return segments;
}

void add_request_id(std::string_view id, http::Response& response) {
  response.headers += "X-Request-ID: ";
  response.headers += id;
  response.headers += "\r\n";
}

/// The dataset that a route is about; where there is none, the answer is that.
const ServedDataset* find_target(const Route& route, const Match& match,
                                 const ServedDatasets& served, http::Response& response) {
  const bool classic = route.target == Target::kClassic;
  const std::string_view domain = match.parameters[0];
  const std::string_view name = match.parameters[1];
  const ServedDataset* dataset = classic ? served.classic : served.find(domain, name);
  if (dataset != nullptr) return dataset;
  if (classic ? served.classic_awaited : served.awaits(domain, name)) {
    response.add_header("Retry-After", "1");
    answer_error(response, status::kUnavailable, "no snapshot is loaded yet");
  } else if (classic) {
    answer_error(response, status::kNotFound,
                 "no dataset is served here: start the server with --classic DOMAIN/DATASET");
  } else {
    answer_error(response, status::kNotFound, "no such dataset; /v1/datasets lists those served");
  }
  return nullptr;
}

}  // namespace

void answer_error(http::Response& response, int status, std::string_view detail) {
  response.status = status;
  response.body = R"({"detail":)";
  append_json_string(response.body, detail);
  response.body += '}';
}

Api::Api(const Catalog& catalog, Services services)
    : catalog_(catalog), services_(std::move(services)) {}

void Api::handle(const http::Request& request, http::Response& response) {
  const auto began = SteadyClock::now();
  const Timestamp now = services_.clock->now();
  const auto sent_id = request.header("X-Request-ID");
  const bool sent = sent_id && is_request_id(*sent_id);
  const UniqueId own_id = sent ? UniqueId{} : make_unique_id(now);
  const std::string_view request_id = sent ? *sent_id : view_of(own_id);
  add_request_id(request_id, response);
  std::size_t route = routes().size();
  dispatch(request, now, request_id, route, response);
  services_.metrics->observe(route, response.status, SteadyClock::now() - began);
}

void Api::dispatch(const http::Request& request, Timestamp now, std::string_view request_id,
                   std::size_t& route, http::Response& response) {
  std::array<std::string, PathSegments::kMost> storage;
  const Match match = match_route(request.method, segments_of(request.path, storage));
  if (match.route != nullptr) route = static_cast<std::size_t>(match.route - routes().data());
  const bool open = match.route != nullptr && match.route->open;
  if (services_.keys && !open && !services_.keys->admits(request)) {
    response.add_header("WWW-Authenticate", "Bearer");
    return answer_error(response, status::kUnauthorized,
                        "send a known API key as 'Authorization: Bearer KEY' or 'X-API-Key: KEY'");
  }
  if (match.route == nullptr && match.allow.empty()) {
    return answer_error(response, status::kNotFound, "no such path; /docs lists those there are");
  }
  const Route& fitting = match.route != nullptr ? *match.route : *match.other;
  const ServedDatasets& served = catalog_.current();
  const ServedDataset* dataset = nullptr;
  if (fitting.target != Target::kNothing) {
    dataset = find_target(fitting, match, served, response);
    if (dataset == nullptr) return;
  }
  if (match.route == nullptr) {
    response.add_header("Allow", match.allow);
    return answer_error(response, status::kMethodNotAllowed,
                        "the path has other methods: see the header Allow");
  }
  match.route->handler({request, match.parameters, services_, served, dataset, now, request_id},
                       response);
}

void Api::answer_protocol_error(int status, std::string_view detail, http::Response& response) {
  add_request_id(view_of(make_unique_id(services_.clock->now())), response);
  answer_error(response, status, detail);
  services_.metrics->observe(routes().size(), status, std::chrono::nanoseconds(0));
}

http::Handler Api::handler() {
  return
      [this](const http::Request& request, http::Response& response) { handle(request, response); };
}

http::ErrorPage Api::error_page() {
  return [this](int status, std::string_view detail, http::Response& response) {
    answer_protocol_error(status, detail, response);
  };
}

http::BodyLimit Api::body_limit() {
  return [](http::Method method, std::string_view path) {
    std::array<std::string, PathSegments::kMost> storage;
    const Match match = match_route(method, segments_of(path, storage));
    return match.route != nullptr ? match.route->body_bytes : limits::kBodyBytes;
  };
}

}  // namespace voucher
