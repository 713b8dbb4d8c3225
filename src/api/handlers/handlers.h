// The handlers, one for each endpoint, each in its own file. A handler turns what it is called with
// into an answer; finding the dataset, keys, ids and counting are the dispatcher's.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "api/decision_log/decision_log.h"
#include "api/keys.h"
#include "api/metrics.h"
#include "api/serving.h"
#include "assets/assets.h"
#include "base/clock.h"
#include "http/message.h"
#include "http/server.h"

namespace voucher {

/// What handlers share: immutable but for the counters.
struct Services {
  const Clock* clock = nullptr;
  std::function<ReloadStatistics()> reload_statistics;        ///< may be empty
  std::function<http::ServerStatistics()> server_statistics;  ///< may be empty
  std::span<const Asset> assets = all_assets();
  std::optional<ApiKeys> keys;          ///< nullopt: everything is open
  DecisionLog* decision_log = nullptr;  ///< nullptr: decisions are not logged
  std::unique_ptr<Metrics> metrics = std::make_unique<Metrics>();
};

/// The segments that a pattern's `{name}`s stand for, in order.
using PathParameters = std::array<std::string_view, 3>;

struct Call {
  const http::Request& request;
  const PathParameters& parameters;
  const Services& services;
  const ServedDatasets& served;
  const ServedDataset* dataset;  ///< where the route has a target
  Timestamp now;
  std::string_view request_id;
};

using Handler = void (*)(const Call& call, http::Response& response);

/// Makes the response `{"detail":"…"}`.
void answer_error(http::Response& response, int status, std::string_view detail);

void answer_start_page(const Call& call, http::Response& response);
void answer_health(const Call& call, http::Response& response);
void answer_ready(const Call& call, http::Response& response);
void answer_metrics(const Call& call, http::Response& response);
void answer_openapi(const Call& call, http::Response& response);
void answer_docs(const Call& call, http::Response& response);
void answer_docs_asset(const Call& call, http::Response& response);
void answer_classic(const Call& call, http::Response& response);
void answer_decision(const Call& call, http::Response& response);
void answer_batch(const Call& call, http::Response& response);
void answer_datasets(const Call& call, http::Response& response);
void answer_dataset(const Call& call, http::Response& response);
void answer_versions(const Call& call, http::Response& response);
void answer_version(const Call& call, http::Response& response);

}  // namespace voucher
