// What the server counts about requests, and all of it as Prometheus reads it. Counting takes no
// lock; whoever scrapes pays.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "api/statuses.h"
#include "api/striped_counter.h"
#include "base/calendar.h"
#include "http/server.h"

namespace voucher {

struct DecisionLogStatistics;
struct ServedDatasets;

/// What the reloader has met so far.
struct ReloadStatistics {
  std::uint64_t reloads = 0;   ///< versions made live
  std::uint64_t failures = 0;  ///< looks at the warehouse that failed
  Timestamp last_success;      ///< of the last look that did not
  std::string last_error;      ///< empty while all is well
};

class Metrics {
 public:
  /// More than the table of routes has (routes.cc checks).
  static constexpr std::size_t kMostRoutes = 24;

  void observe(std::size_t route, int status, std::chrono::nanoseconds duration);

  /// Appends the counters of requests. `routes` are the labels by number.
  void write(std::string& out, std::span<const std::string_view> routes) const;

 private:
  static constexpr std::size_t kStatuses = status::kMeanings.size() + 1;  ///< last: unknown codes
  static constexpr std::array<std::int64_t, 15> kBucketNanos{
      1'000,     2'500,     5'000,      10'000,     25'000,      50'000,      100'000,      250'000,
      1'000'000, 2'500'000, 10'000'000, 25'000'000, 100'000'000, 250'000'000, 1'000'000'000};
  static constexpr std::size_t kBuckets = kBucketNanos.size() + 1;

  StripedCounters<kMostRoutes * kStatuses> requests_;
  StripedCounters<kMostRoutes * kBuckets> durations_;
  StripedCounters<kMostRoutes> nanos_;
};

/// Appends what is served: version, age and decisions of each dataset.
void write_served_metrics(std::string& out, const ServedDatasets& served, Timestamp now);
void write_reload_metrics(std::string& out, const ReloadStatistics& reload, Timestamp now);
void write_decision_log_metrics(std::string& out, const DecisionLogStatistics& log);
void write_server_metrics(std::string& out, const http::ServerStatistics& server);

}  // namespace voucher
