#include "replay/logged_line.h"

#include <charconv>
#include <concepts>
#include <utility>

#include "decision/decide.h"

namespace voucher {
namespace {

constexpr std::string_view kHashPrefix = "sha256:";

/// Calls a function for each member of one object.
template <std::invocable<std::string_view, const JsonValue&> Function>
class Members final : public ObjectVisitor {
 public:
  explicit Members(Function function) : function_(std::move(function)) {}
  void begin() override {}
  void member(std::string_view name, const JsonValue& value) override { function_(name, value); }
  void end() override { is_object_ = true; }
  void no_object(const JsonValue& /*value*/) override {}
  [[nodiscard]] bool is_object() const { return is_object_; }

 private:
  Function function_;
  bool is_object_ = false;
};

template <class Function>
bool read_members(JsonBodyReader& reader, std::string_view object, std::size_t padding,
                  Function function) {
  Members<Function> members(std::move(function));
  return reader.read_object(object, padding, members).fault == BodyFault::kNone &&
         members.is_object();
}

bool read_number(const JsonValue& value, std::int64_t& number) {
  const char* end = value.raw.data() + value.raw.size();
  const auto [stop, failure] = std::from_chars(value.raw.data(), end, number);
  return value.kind == JsonKind::kNumber && failure == std::errc() && stop == end;
}

/// What has been read of a line so far, and whether all of it was of the right form.
struct Draft {
  LoggedLine line;
  std::string_view answer;
  std::string_view evidence;
  std::int64_t format = 0;
  bool sound = true;

  void text(const JsonValue& value, std::string_view& target) {
    sound = sound && value.kind == JsonKind::kString;
    target = value.text;
  }
  void number(const JsonValue& value, std::int64_t& target) {
    sound = read_number(value, target) && sound;
  }
  void object(const JsonValue& value, std::string_view& target) {
    sound = sound && value.kind == JsonKind::kObject;
    target = value.raw;
  }
};

void read_line_member(Draft& draft, std::string_view name, const JsonValue& value) {
  if (name == "log_format") draft.number(value, draft.format);
  if (name == "decision_id") draft.text(value, draft.line.decision_id);
  if (name == "domain") draft.text(value, draft.line.domain);
  if (name == "dataset") draft.text(value, draft.line.dataset);
  if (name == "version") draft.number(value, draft.line.version);
  if (name == "snapshot") draft.text(value, draft.line.snapshot);
  if (name == "request") draft.object(value, draft.line.request);
  if (name == "answer") draft.object(value, draft.answer);
}

/// The amount has the name that the definition gives it, and comes first.
void read_answer_member(Draft& draft, bool first, std::string_view name, const JsonValue& value) {
  LoggedAnswer& answer = draft.line.answer;
  if (first) {
    if (value.kind != JsonKind::kNull) draft.number(value, answer.amount.emplace());
  } else if (name == "segment") {
    if (value.kind != JsonKind::kNull) draft.text(value, answer.segment.emplace());
  } else if (name == "reason") {
    draft.text(value, answer.reason);
  } else if (name == "evidence" && value.kind != JsonKind::kNull) {
    draft.object(value, draft.evidence);
  }
}

bool read_answer(Draft& draft, JsonBodyReader& reader, JsonBodyReader& evidence_reader,
                 std::size_t padding) {
  bool first = true;
  const auto member = [&](std::string_view name, const JsonValue& value) {
    read_answer_member(draft, std::exchange(first, false), name, value);
  };
  if (!read_members(reader, draft.answer, padding, member)) return false;
  if (draft.evidence.empty()) return true;
  return read_members(evidence_reader, draft.evidence, padding,
                      [&](std::string_view name, const JsonValue& value) {
                        if (name == "support") draft.number(value, draft.line.answer.support);
                        if (name == "total") draft.number(value, draft.line.answer.total);
                      });
}

bool is_reason(std::string_view text) {
  return text == to_string(DecisionReason::kSegment) ||
         text == to_string(DecisionReason::kFallbackGroup) ||
         text == to_string(DecisionReason::kNoData);
}

}  // namespace

std::expected<LoggedLine, std::string_view> LoggedLineReader::read(std::string_view line,
                                                                   std::size_t padding) {
  Draft draft;
  const bool is_object = read_members(
      line_, line, padding,
      [&](std::string_view name, const JsonValue& value) { read_line_member(draft, name, value); });
  if (!is_object) return std::unexpected("it is no JSON object");
  if (draft.format != 1) return std::unexpected("its log_format is not 1");
  LoggedLine& logged = draft.line;
  if (!draft.sound || logged.domain.empty() || logged.dataset.empty() || logged.version < 1 ||
      !logged.snapshot.starts_with(kHashPrefix) || logged.request.empty() || draft.answer.empty()) {
    return std::unexpected("a member is missing or of another type");
  }
  logged.snapshot.remove_prefix(kHashPrefix.size());
  // Objects inside the line are followed by the rest of it.
  const bool has_answer = read_answer(draft, answer_, evidence_, padding);
  if (!has_answer || !draft.sound || !is_reason(logged.answer.reason)) {
    return std::unexpected("its answer is incomplete");
  }
  const bool has_request = read_members(request_, logged.request, padding,
                                        [&](std::string_view name, const JsonValue& value) {
                                          if (name == "segment_name")
                                            draft.text(value, logged.segment_name);
                                        });
  if (!has_request || !draft.sound || logged.segment_name.empty()) {
    return std::unexpected("its request is incomplete");
  }
  return logged;
}

}  // namespace voucher
