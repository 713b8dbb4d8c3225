#include "api/metrics.h"

#include <vector>

#include "api/handlers/handlers.h"
#include "api/routes.h"

namespace voucher {

void answer_metrics(const Call& call, http::Response& response) {
  std::vector<std::string_view> labels;
  for (const Route& route : routes()) labels.push_back(route.pattern);
  labels.emplace_back("(none)");
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  call.services.metrics->write(response.body, labels);
  write_served_metrics(response.body, call.served, call.now);
  if (call.services.reload_statistics) {
    write_reload_metrics(response.body, call.services.reload_statistics(), call.now);
  }
  if (call.services.decision_log != nullptr) {
    write_decision_log_metrics(response.body, call.services.decision_log->statistics());
  }
  if (call.services.server_statistics) {
    write_server_metrics(response.body, call.services.server_statistics());
  }
}

}  // namespace voucher
