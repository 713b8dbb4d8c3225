#include "api/decision_log/decision_record.h"

#include <cstring>

namespace voucher {
namespace {

constexpr std::uint32_t kUnsegmented = ~std::uint32_t{0};

struct RecordHead {
  std::int64_t time = 0;
  std::int64_t as_of = 0;
  std::uint64_t outcome = 0;
  std::uint32_t segment = kUnsegmented;
  std::uint32_t variant = 0;
  std::uint32_t fields = 0;  ///< the subject, then the row's
  std::uint32_t request_id_size = 0;
  UniqueId decision_id{};
};

struct StoredField {
  std::int64_t number = 0;
  std::uint32_t text_size = 0;
  FieldState state = FieldState::kMissing;
};

template <class T>
void put(std::byte*& at, const T& value) {
  std::memcpy(at, &value, sizeof value);
  at += sizeof value;
}

void put_text(std::byte*& at, std::string_view text) {
  if (text.empty()) return;
  std::memcpy(at, text.data(), text.size());
  at += text.size();
}

template <class T>
T take(const std::byte*& at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  at += sizeof value;
  return value;
}

std::string_view take_text(const std::byte*& at, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(at), size);
  at += size;
  return text;
}

StoredField stored(const Field& field) {
  return {field.number, static_cast<std::uint32_t>(field.text.size()), field.state};
}

}  // namespace

std::size_t record_size(const DecisionFacts& facts) {
  std::size_t size = sizeof(RecordHead) + (1 + facts.row.size()) * sizeof(StoredField) +
                     facts.request_id.size() + facts.subject.text.size();
  for (const Field& field : facts.row) size += field.text.size();
  return size;
}

void write_record(const DecisionFacts& facts, std::span<std::byte> record) {
  RecordHead head;
  head.time = facts.time.micros;
  head.as_of = facts.as_of.micros;
  head.outcome = facts.outcome;
  if (facts.segment) head.segment = static_cast<std::uint32_t>(*facts.segment);
  head.variant = static_cast<std::uint32_t>(facts.variant);
  head.fields = static_cast<std::uint32_t>(1 + facts.row.size());
  head.request_id_size = static_cast<std::uint32_t>(facts.request_id.size());
  head.decision_id = facts.decision_id;
  std::byte* at = record.data();
  put(at, head);
  put(at, stored(facts.subject));
  for (const Field& field : facts.row) put(at, stored(field));
  put_text(at, facts.request_id);
  put_text(at, facts.subject.text);
  for (const Field& field : facts.row) put_text(at, field.text);
}

DecisionFacts read_record(std::span<const std::byte> record, std::vector<Field>& row) {
  const std::byte* at = record.data();
  const auto head = take<RecordHead>(at);
  DecisionFacts facts;
  facts.time = {head.time};
  facts.as_of = {head.as_of};
  facts.outcome = head.outcome;
  if (head.segment != kUnsegmented) facts.segment = head.segment;
  facts.variant = head.variant;
  facts.decision_id = head.decision_id;
  const std::byte* texts = at + head.fields * sizeof(StoredField);
  facts.request_id = take_text(texts, head.request_id_size);
  row.clear();
  for (std::uint32_t i = 0; i < head.fields; ++i) {
    const auto field = take<StoredField>(at);
    row.push_back({field.state, field.number, take_text(texts, field.text_size)});
  }
  facts.subject = row.front();
  facts.row = Row(row).subspan(1);
  return facts;
}

}  // namespace voucher
