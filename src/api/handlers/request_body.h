// What the handlers of decision endpoints have in common: a body that is declared and shaped as
// JSON, and the thread's buffers to read it with.
#pragma once

#include <string>
#include <string_view>

#include "api/decision_request.h"
#include "api/handlers/handlers.h"
#include "api/ids.h"
#include "api/json_body.h"
#include "decision/decide.h"
#include "http/message.h"

namespace voucher {

/// The buffers of this thread, used again for each request.
struct BodyBuffers {
  JsonBodyReader reader;
  DecisionRequest request;
  std::string subject;
};

[[nodiscard]] BodyBuffers& body_buffers();

/// Whether the body may be JSON by its Content-Type; else the answer says that it must be.
[[nodiscard]] bool declares_json(const http::Request& request, http::Response& response);

/// Makes the answer to a body that is no JSON.
void answer_fault(const BodyStatus& fault, http::Response& response);

/// Reads one request into the thread's buffers. nullptr where it cannot be decided for: the answer
/// then says why.
[[nodiscard]] const DecisionRequest* read_decision_request(const Call& call,
                                                           http::Response& response);

/// Decides for a valid request, at the dataset of the call.
[[nodiscard]] inline Decision decide(const Call& call, const DecisionRequest& request) {
  return call.dataset->serving->decider().decide(request.variant(), request.row());
}

/// Appends the decision under its id.
void append_decision(const Call& call, const DecisionRequest& request, const Decision& decision,
                     const UniqueId& id, std::string& out);

/// The decisions of one answer on their way to the decision log; does nothing where there is none.
class AnswerLog {
 public:
  explicit AnswerLog(const Call& call);

  [[nodiscard]] bool is_on() const { return lane_ != nullptr; }
  /// Takes one decision of the answer.
  void add(const DecisionRequest& request, const Decision& decision, const UniqueId& id);
  /// The answer is given: what was added is logged. Without this call, nothing is.
  void commit();

 private:
  const Call& call_;
  DecisionLane* lane_ = nullptr;
};

/// The reason's position among DecisionCounters.
[[nodiscard]] inline std::size_t counter_of(const Call& call, const Decision& decision) {
  return static_cast<std::size_t>(call.dataset->serving->decider().outcome(decision).reason);
}

}  // namespace voucher
