#include "api/decision_log/decision_lane.h"

#include <new>
#include <utility>

namespace voucher {
namespace {

using ServingPointer = std::shared_ptr<const Serving>;

/// What a record of the ring holds; its first word says it.
enum class RecordKind : std::uint64_t {
  kServing,   ///< a ServingPointer: what decided from here on
  kDecision,  ///< write_record()
};

constexpr std::size_t kKindSize = sizeof(RecordKind);

void put_kind(std::span<std::byte> record, RecordKind kind) {
  std::memcpy(record.data(), &kind, kKindSize);
}

RecordKind kind_of(std::span<const std::byte> record) {
  RecordKind kind{};
  std::memcpy(&kind, record.data(), kKindSize);
  return kind;
}

/// Takes the pointer out of its record.
ServingPointer take_serving(std::span<const std::byte> record) {
  auto* stored = std::launder(
      reinterpret_cast<ServingPointer*>(const_cast<std::byte*>(record.data()) + kKindSize));
  ServingPointer serving = std::move(*stored);
  stored->~ServingPointer();
  return serving;
}

}  // namespace

DecisionLane::~DecisionLane() {
  ring_.abandon();
  while (next()) {
  }
}

void DecisionLane::begin(const ServingPointer& serving) {
  static_assert(alignof(ServingPointer) <= sizeof(std::uint64_t));
  ring_.abandon();
  left_out_ = 0;
  ready_ = announced_ == serving.get();
  if (ready_) return;
  const std::span<std::byte> record = ring_.reserve(kKindSize + sizeof(ServingPointer));
  if (record.empty()) return;
  put_kind(record, RecordKind::kServing);
  new (record.data() + kKindSize) ServingPointer(serving);
  ring_.commit();
  announced_ = serving.get();
  ready_ = true;
}

void DecisionLane::add(const DecisionFacts& facts) {
  const std::span<std::byte> record =
      ready_ ? ring_.reserve(kKindSize + record_size(facts)) : std::span<std::byte>();
  if (record.empty()) {
    ++left_out_;
    return;
  }
  put_kind(record, RecordKind::kDecision);
  write_record(facts, record.subspan(kKindSize));
}

void DecisionLane::commit() {
  ring_.commit();
  if (left_out_ == 0) return;
  dropped_.fetch_add(left_out_, std::memory_order_relaxed);
  left_out_ = 0;
}

std::optional<LoggedDecision> DecisionLane::next() {
  if (std::exchange(front_taken_, false)) ring_.pop();
  while (true) {
    const std::span<const std::byte> record = ring_.front();
    if (record.empty()) return std::nullopt;
    if (kind_of(record) == RecordKind::kDecision) {
      front_taken_ = true;
      return LoggedDecision{serving_, read_record(record.subspan(kKindSize), row_)};
    }
    serving_ = take_serving(record);
    ring_.pop();
  }
}

}  // namespace voucher
