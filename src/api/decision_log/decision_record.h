// One decision as bytes in a buffer: copied there by the thread that answers, read from there by
// the one that writes the log.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "api/ids.h"
#include "decision/decide.h"
#include "decision/row.h"

namespace voucher {

/// What the log says of a decision, beside what its version says of all.
struct DecisionFacts {
  Timestamp time;  ///< when it was asked for
  UniqueId decision_id{};
  std::string_view request_id;
  Field subject;
  Row row;  ///< a field per column, as it was decided for
  Timestamp as_of;
  VariantIndex variant = 0;
  OutcomeIndex outcome = 0;
  std::optional<SegmentIndex> segment;
};

/// How many bytes write_record() fills.
[[nodiscard]] std::size_t record_size(const DecisionFacts& facts);

/// REQUIRES: record_size() bytes.
void write_record(const DecisionFacts& facts, std::span<std::byte> record);

/// The facts in a record; its texts and row are views into the record and `row`. REQUIRES: bytes
/// that write_record() filled.
[[nodiscard]] DecisionFacts read_record(std::span<const std::byte> record, std::vector<Field>& row);

}  // namespace voucher
