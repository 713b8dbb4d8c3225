#include "api/handlers/request_body.h"

namespace voucher {

void answer_decision(const Call& call, http::Response& response) {
  const DecisionRequest* request = read_decision_request(call, response);
  if (request == nullptr) return;
  const Decision decision = decide(call, *request);
  call.dataset->decisions->add(counter_of(call, decision));
  response.add_header("ETag", call.dataset->serving->etag());
  append_decision(call, *request, decision, response.body);
}

}  // namespace voucher
