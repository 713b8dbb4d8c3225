#include "api/decision_log/log_line.h"

#include <fmt/format.h>

#include "api/json_text.h"

namespace voucher {
namespace {

/// `"reason":…,"evidence":{…}}}` and the newline: what a line ends with.
std::string end_of(const Outcome& outcome) {
  if (!outcome.choice) {
    return fmt::format(",\"reason\":\"{}\",\"evidence\":null}}}}\n", to_string(outcome.reason));
  }
  return fmt::format(
      ",\"reason\":\"{}\",\"evidence\":{{\"level\":\"{}\",\"support\":{},\"total\":{}}}}}}}\n",
      to_string(outcome.reason), evidence_level(outcome.reason), outcome.choice->support,
      outcome.choice->total);
}

void append_field(std::string& out, ColumnType type, const Field& field) {
  if (!field.has_value()) {
    out += "null";
  } else if (type == ColumnType::kInteger) {
    append_json_number(out, field.number);
  } else if (type == ColumnType::kTimestamp) {
    out += '"';
    append_iso(out, field.instant());
    out += '"';
  } else {
    append_json_string(out, field.text);
  }
}

}  // namespace

std::string_view evidence_level(DecisionReason reason) {
  switch (reason) {
    case DecisionReason::kSegment: return "segment";
    case DecisionReason::kFallbackGroup: return "group";
    case DecisionReason::kNoData: return "";
  }
  return "";
}

LogLines::LogLines(const Serving& serving) {
  const Dataset& dataset = serving.dataset();
  version_ =
      fmt::format(R"(","domain":{},"dataset":{},"version":{},"snapshot":"sha256:{}","request":{{)",
                  json_string(serving.id().domain), json_string(serving.id().dataset),
                  serving.version(), serving.snapshot_hash());
  subject_key_ = json_string(dataset.decision.subject.name) + ":";
  subject_type_ = dataset.decision.subject.type;
  for (const RequestField& field : serving.fields().all()) {
    if (field.role != FieldRole::kColumn) continue;
    columns_.push_back({"," + json_string(field.name) + ":", field.type, field.column});
  }
  for (const Variant& variant : dataset.variants) {
    variants_.push_back(fmt::format(R"(,"segment_name":{},"as_of":")", json_string(variant.name)));
    std::vector<std::string>& labels = labels_.emplace_back();
    for (const Segment& segment : variant.segments) labels.push_back(json_string(segment.label));
    labels.emplace_back("null");
  }
  amount_key_ = fmt::format(R"("}},"answer":{{{}:)",
                            json_string(dataset.source.columns[dataset.decision.amount].name));
  for (const Outcome& outcome : serving.decider().outcomes()) {
    amounts_.push_back(outcome.choice ? std::to_string(outcome.choice->amount) : "null");
    ends_.push_back(end_of(outcome));
  }
}

void LogLines::append(std::string& out, const DecisionFacts& facts) const {
  out += kLogLineStart;
  append_iso(out, facts.time);
  out += R"(","decision_id":")";
  out += view_of(facts.decision_id);
  out += R"(","request_id":")";
  out += facts.request_id;
  out += version_;
  out += subject_key_;
  append_field(out, subject_type_, facts.subject);
  for (const RequestKey& key : columns_) {
    out += key.text;
    append_field(out, key.type, facts.row[key.column]);
  }
  out += variants_[facts.variant];
  append_iso(out, facts.as_of);
  out += amount_key_;
  out += amounts_[facts.outcome];
  out += R"(,"segment":)";
  const std::vector<std::string>& labels = labels_[facts.variant];
  out += facts.segment ? labels[*facts.segment] : labels.back();
  out += ends_[facts.outcome];
}

}  // namespace voucher
