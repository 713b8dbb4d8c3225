#include "api/handlers/request_body.h"

#include "api/statuses.h"
#include "decision/counts.h"

namespace voucher {

BodyBuffers& body_buffers() {
  thread_local BodyBuffers buffers;
  return buffers;
}

bool declares_json(const http::Request& request, http::Response& response) {
  constexpr std::string_view kJson = "application/json";
  const auto declared = request.header("Content-Type");
  if (!declared) return true;
  std::string_view type = declared->substr(0, declared->find(';'));
  while (type.ends_with(' ') || type.ends_with('\t')) type.remove_suffix(1);
  if (type == kJson || (type.size() == kJson.size() && fold_ascii(type) == kJson)) return true;
  answer_error(response, status::kUnsupportedMediaType,
               "send the body as JSON, with 'Content-Type: application/json'");
  return false;
}

void answer_fault(const BodyStatus& fault, http::Response& response) {
  response.status = status::kBadRequest;
  response.body = R"({"detail":[)";
  const bool deep = fault.fault == BodyFault::kTooDeep;
  append_violation(response.body, deep ? kJsonTooDeep : kInvalidJson, R"("body")", fault.message,
                   {});
  response.body += "]}";
}

const DecisionRequest* read_decision_request(const Call& call, http::Response& response) {
  if (!declares_json(call.request, response)) return nullptr;
  BodyBuffers& buffers = body_buffers();
  const Serving& serving = *call.dataset->serving;
  buffers.request.prepare(serving.fields(), serving.dataset(), serving.decider().judge(), call.now);
  const BodyStatus status =
      buffers.reader.read_object(call.request.body, call.request.body_padding, buffers.request);
  if (status.fault != BodyFault::kNone) {
    answer_fault(status, response);
    return nullptr;
  }
  if (buffers.request.valid()) return &buffers.request;
  response.status = status::kUnprocessable;
  response.body = R"({"detail":[)";
  buffers.request.append_violations(response.body, R"("body")");
  response.body += "]}";
  return nullptr;
}

void append_decision(const Call& call, const DecisionRequest& request, const Decision& decision,
                     const UniqueId& id, std::string& out) {
  std::string& subject = body_buffers().subject;
  subject.clear();
  request.append_subject(subject);
  call.dataset->serving->answers().append_decision(out, request.variant(), decision,
                                                   {view_of(id), subject, request.as_of()});
}

AnswerLog::AnswerLog(const Call& call) : call_(call) {
  if (call.services.decision_log == nullptr) return;
  lane_ = &call.services.decision_log->lane();
  lane_->begin(call.dataset->serving);
}

void AnswerLog::add(const DecisionRequest& request, const Decision& decision, const UniqueId& id) {
  if (lane_ == nullptr) return;
  lane_->add({.time = call_.now,
              .decision_id = id,
              .request_id = call_.request_id,
              .subject = request.subject(),
              .row = request.row(),
              .as_of = request.as_of(),
              .variant = request.variant(),
              .outcome = decision.outcome,
              .segment = decision.segment});
}

void AnswerLog::commit() {
  if (lane_ != nullptr) lane_->commit();
}

}  // namespace voucher
