#include "api/handlers/request_body.h"
#include "api/statuses.h"

namespace voucher {

void answer_classic(const Call& call, http::Response& response) {
  const DecisionRequest* request = read_decision_request(call, response);
  if (request == nullptr) return;
  const Decision decision = decide(call, *request);
  call.dataset->decisions->add(counter_of(call, decision));
  response.add_header("ETag", call.dataset->serving->etag());
  const std::string_view answer = call.dataset->serving->answers().classic(decision.outcome);
  if (answer.empty()) {
    response.status = status::kNoContent;
  } else {
    response.body = answer;
  }
  AnswerLog log(call);
  if (!log.is_on()) return;
  log.add(*request, decision, make_unique_id(call.now));
  log.commit();
}

}  // namespace voucher
