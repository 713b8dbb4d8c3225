#include "api/metrics.h"

#include <fmt/format.h>

#include <iterator>

#include "api/decision_log/decision_log.h"
#include "api/serving.h"

namespace voucher {
namespace {

void write_head(std::string& out, std::string_view name, std::string_view type,
                std::string_view help) {
  fmt::format_to(std::back_inserter(out), "# HELP {0} {2}\n# TYPE {0} {1}\n", name, type, help);
}

void write_single(std::string& out, std::string_view name, std::string_view type,
                  std::string_view help, std::uint64_t value) {
  write_head(out, name, type, help);
  fmt::format_to(std::back_inserter(out), "{} {}\n", name, value);
}

double seconds_between(Timestamp from, Timestamp to) {
  return static_cast<double>(to.micros - from.micros) / static_cast<double>(kMicrosPerSecond);
}

std::string labels_of(const Serving& serving) {
  return fmt::format(R"(domain="{}",dataset="{}")", serving.id().domain, serving.id().dataset);
}

}  // namespace

void Metrics::observe(std::size_t route, int status, std::chrono::nanoseconds duration) {
  std::size_t bucket = 0;
  while (bucket < kBucketNanos.size() && duration.count() > kBucketNanos[bucket]) ++bucket;
  requests_.add(route * kStatuses + status::index_of(status));
  durations_.add(route * kBuckets + bucket);
  nanos_.add(route, static_cast<std::uint64_t>(duration.count()));
}

void Metrics::write(std::string& out, std::span<const std::string_view> routes) const {
  auto to = std::back_inserter(out);
  write_head(out, "voucher_http_requests_total", "counter",
             "Requests answered, by route and status.");
  for (std::size_t route = 0; route < routes.size(); ++route) {
    for (std::size_t i = 0; i < status::kMeanings.size(); ++i) {
      const std::uint64_t count = requests_.sum(route * kStatuses + i);
      if (count == 0) continue;
      fmt::format_to(to, "voucher_http_requests_total{{route=\"{}\",status=\"{}\"}} {}\n",
                     routes[route], status::kMeanings[i].code, count);
    }
  }
  constexpr std::string_view kName = "voucher_http_request_seconds";
  write_head(out, kName, "histogram",
             "Time from the complete request to its answer, without network.");
  for (std::size_t route = 0; route < routes.size(); ++route) {
    std::uint64_t below = 0;
    for (std::size_t i = 0; i < kBuckets; ++i) below += durations_.sum(route * kBuckets + i);
    if (below == 0) continue;
    below = 0;
    for (std::size_t i = 0; i < kBucketNanos.size(); ++i) {
      below += durations_.sum(route * kBuckets + i);
      fmt::format_to(to, "{}_bucket{{route=\"{}\",le=\"{}\"}} {}\n", kName, routes[route],
                     static_cast<double>(kBucketNanos[i]) / 1e9, below);
    }
    below += durations_.sum(route * kBuckets + kBuckets - 1);
    fmt::format_to(to, "{}_bucket{{route=\"{}\",le=\"+Inf\"}} {}\n", kName, routes[route], below);
    fmt::format_to(to, "{}_sum{{route=\"{}\"}} {}\n", kName, routes[route],
                   static_cast<double>(nanos_.sum(route)) / 1e9);
    fmt::format_to(to, "{}_count{{route=\"{}\"}} {}\n", kName, routes[route], below);
  }
}

void write_served_metrics(std::string& out, const ServedDatasets& served, Timestamp now) {
  auto to = std::back_inserter(out);
  write_head(out, "voucher_snapshot_version", "gauge", "The version that is served.");
  for (const ServedDataset& entry : served.datasets) {
    fmt::format_to(to, "voucher_snapshot_version{{{}}} {}\n", labels_of(*entry.serving),
                   entry.serving->version());
  }
  write_head(out, "voucher_snapshot_age_seconds", "gauge",
             "Time since the served version was loaded into the warehouse.");
  for (const ServedDataset& entry : served.datasets) {
    fmt::format_to(to, "voucher_snapshot_age_seconds{{{}}} {}\n", labels_of(*entry.serving),
                   seconds_between(entry.serving->loaded_at(), now));
  }
  write_head(out, "voucher_decisions_total", "counter", "Decisions given, by dataset and reason.");
  for (const ServedDataset& entry : served.datasets) {
    for (const auto reason :
         {DecisionReason::kSegment, DecisionReason::kFallbackGroup, DecisionReason::kNoData}) {
      fmt::format_to(to, "voucher_decisions_total{{{},reason=\"{}\"}} {}\n",
                     labels_of(*entry.serving), to_string(reason),
                     entry.decisions->sum(static_cast<std::size_t>(reason)));
    }
  }
}

void write_reload_metrics(std::string& out, const ReloadStatistics& reload, Timestamp now) {
  write_single(out, "voucher_reloads_total", "counter", "Versions made live in this process.",
               reload.reloads);
  write_single(out, "voucher_reload_failures_total", "counter",
               "Looks at the warehouse that failed.", reload.failures);
  write_single(out, "voucher_reload_failing", "gauge", "1 while the last look has failed.",
               reload.last_error.empty() ? 0 : 1);
  if (reload.last_success.micros == 0) return;
  write_head(out, "voucher_reload_success_age_seconds", "gauge",
             "Time since the warehouse was last seen without a fault.");
  fmt::format_to(std::back_inserter(out), "voucher_reload_success_age_seconds {}\n",
                 seconds_between(reload.last_success, now));
}

void write_decision_log_metrics(std::string& out, const DecisionLogStatistics& log) {
  write_single(out, "voucher_decision_log_written_total", "counter",
               "Decisions written to the decision log.", log.written);
  write_single(out, "voucher_decision_log_dropped_total", "counter",
               "Decisions that the decision log had no room for.", log.dropped);
  write_single(out, "voucher_decision_log_failures_total", "counter",
               "Attempts to write the decision log that failed.", log.failures);
  write_single(out, "voucher_decision_log_failing", "gauge",
               "1 while the last attempt to write the decision log has failed.",
               log.failing ? 1 : 0);
}

void write_server_metrics(std::string& out, const http::ServerStatistics& server) {
  write_single(out, "voucher_connections_open", "gauge", "Connections now open.",
               server.connections_open);
  write_single(out, "voucher_connections_accepted_total", "counter", "Connections accepted.",
               server.connections_accepted);
  write_single(out, "voucher_connections_refused_total", "counter",
               "Connections closed at once, for there were too many.", server.connections_refused);
  write_single(out, "voucher_protocol_errors_total", "counter",
               "Requests that were no proper HTTP.", server.protocol_errors);
}

}  // namespace voucher
