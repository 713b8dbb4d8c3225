#include "api/handlers/request_body.h"

namespace voucher {

void answer_decision(const Call& call, http::Response& response) {
  const DecisionRequest* request = read_decision_request(call, response);
  if (request == nullptr) return;
  const Decision decision = decide(call, *request);
  call.dataset->decisions->add(counter_of(call, decision));
  response.add_header("ETag", call.dataset->serving->etag());
  const UniqueId id = make_unique_id(call.now);
  append_decision(call, *request, decision, id, response.body);
  AnswerLog log(call);
  log.add(*request, decision, id);
  log.commit();
}

}  // namespace voucher
