#include <array>

#include "api/handlers/request_body.h"
#include "api/json_text.h"
#include "api/limits.h"
#include "api/statuses.h"

namespace voucher {
namespace {

/// Answers each item as it is read.
class BatchAnswer final : public ListVisitor, public ObjectVisitor {
 public:
  BatchAnswer(const Call& call, std::string& out)
      : call_(call), request_(body_buffers().request), out_(out), log_(call) {}

  void begin_list() override {
    ++lists_;
    items_ = 0;
  }
  ObjectVisitor& element() override { return *this; }
  void no_list(const JsonValue& value) override {
    ++lists_;
    input_ = value.raw;
  }

  // Of an item; of the root, where element() was never asked for.
  void no_object(const JsonValue& value) override {
    if (lists_ == 0) {
      root_ = value.raw;
      is_object_ = false;
      return;
    }
    request_.no_object(value);
    answer_item();
  }
  void begin() override { request_.begin(); }
  void member(std::string_view name, const JsonValue& value) override {
    request_.member(name, value);
  }
  void end() override {
    request_.end();
    answer_item();
  }

  /// Appends what is wrong with the list as a whole, as the inside of a JSON array.
  [[nodiscard]] bool append_violation_of_list(std::string& out) const {
    constexpr std::string_view kPlace = R"("body","items")";
    if (!is_object_) {
      append_violation(out, kObjectRequired, R"("body")", "Not a JSON object", root_);
    } else if (lists_ == 0) {
      append_violation(out, kFieldAbsent, kPlace, "Field required", {});
    } else if (lists_ > 1) {
      append_violation(out, kFieldRepeated, kPlace, "The field comes more than once", {});
    } else if (!input_.empty()) {
      append_violation(out, kItemsMalformed, kPlace, "Not an array of requests", input_);
    } else if (items_ > limits::kBatchItems) {
      append_violation(out, kTooManyItems, kPlace, "More than 1,000 items", {});
    } else {
      return false;
    }
    return true;
  }

  /// The answer is given: its decisions are counted and logged.
  void conclude() {
    log_.commit();
    for (std::size_t i = 0; i < reasons_.size(); ++i) {
      if (reasons_[i] > 0) call_.dataset->decisions->add(i, reasons_[i]);
    }
  }

 private:
  void answer_item() {
    if (++items_ > limits::kBatchItems) return;
    if (items_ > 1) out_ += ',';
    out_ += R"({"status":)";
    if (request_.valid()) {
      const Decision decision = decide(call_, request_);
      ++reasons_[counter_of(call_, decision)];
      append_json_number(out_, status::kOk);
      out_ += R"(,"decision":)";
      const UniqueId id = make_unique_id(call_.now);
      append_decision(call_, request_, decision, id, out_);
      log_.add(request_, decision, id);
    } else {
      append_json_number(out_, status::kUnprocessable);
      out_ += R"(,"detail":[)";
      std::string place = R"("body","items",)";
      append_json_number(place, static_cast<std::int64_t>(items_ - 1));
      request_.append_violations(out_, place);
      out_ += ']';
    }
    out_ += '}';
  }

  const Call& call_;
  DecisionRequest& request_;
  std::string& out_;
  AnswerLog log_;
  std::size_t items_ = 0;
  std::size_t lists_ = 0;
  bool is_object_ = true;
  std::string_view root_;
  std::string_view input_;
  std::array<std::uint64_t, 3> reasons_{};
};

}  // namespace

void answer_batch(const Call& call, http::Response& response) {
  if (!declares_json(call.request, response)) return;
  BodyBuffers& buffers = body_buffers();
  const Serving& serving = *call.dataset->serving;
  buffers.request.prepare(serving.fields(), serving.dataset(), serving.decider().judge(), call.now);
  response.body = R"({"items":[)";
  BatchAnswer answer(call, response.body);
  const BodyStatus status =
      buffers.reader.read_list(call.request.body, call.request.body_padding, "items", answer);
  if (status.fault != BodyFault::kNone) return answer_fault(status, response);
  std::string violation;
  if (answer.append_violation_of_list(violation)) {
    response.status = status::kUnprocessable;
    response.body = R"({"detail":[)" + violation + "]}";
    return;
  }
  answer.conclude();
  response.add_header("ETag", serving.etag());
  response.body += "]}";
}

}  // namespace voucher
