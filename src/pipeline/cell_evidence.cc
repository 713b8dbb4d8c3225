#include "pipeline/cell_evidence.h"

#include <algorithm>

#include "base/check.h"
#include "decision/classify.h"
#include "decision/row.h"

namespace voucher {
namespace {

std::optional<std::string> text_of(ColumnType type, const Field& field) {
  if (!field.has_value()) return std::nullopt;
  switch (type) {
    case ColumnType::kString: return std::string(field.text);
    case ColumnType::kInteger: return std::to_string(field.number);
    case ColumnType::kTimestamp: return format_iso(field.instant());
  }
  return std::nullopt;
}

EvidenceRow row_of(const std::vector<Column>& columns, const StoredRow& stored) {
  EvidenceRow row{std::string(stored.source_file), stored.source_row, {}};
  for (ColumnIndex i = 0; i < columns.size(); ++i)
    row.values.push_back(text_of(columns[i].type, stored.values[i]));
  return row;
}

EvidenceReject reject_of(const RejectedRow& rejected, bool segment_known) {
  EvidenceReject reject;
  reject.row = {std::string(rejected.source_file), rejected.source_row, {}};
  for (const auto& original : rejected.originals) {
    reject.row.values.push_back(original ? std::optional<std::string>(*original) : std::nullopt);
  }
  reject.reasons.assign(rejected.reasons.begin(), rejected.reasons.end());
  reject.segment_known = segment_known;
  return reject;
}

enum class InCell { kYes, kNo, kUnknown };

/// Whether a field that a variant reads tells nothing: a missing one does where that is allowed.
bool tells_nothing(const Column& column, const Field& field) {
  return field.state == FieldState::kMalformed ||
         (field.state == FieldState::kMissing && !column.nullable);
}

/// Whether a rejected row of the group would have been in the cell.
InCell in_cell(const Dataset& dataset, const CellName& cell, const RejectedRow& row) {
  if (!cell.variant) return InCell::kYes;
  const std::vector<Column>& columns = dataset.source.columns;
  std::vector<Field> fields;
  for (ColumnIndex i = 0; i < columns.size(); ++i)
    fields.push_back(parse_field(columns[i].type, row.originals[i].value_or("")));
  const Variant& variant = dataset.variants[*cell.variant];
  const auto* days = std::get_if<DaysBetween>(&variant.value);
  const ColumnIndex column = value_column(variant);
  if (tells_nothing(columns[column], fields[column]) ||
      (days != nullptr && tells_nothing(columns[days->clock], fields[days->clock])))
    return InCell::kUnknown;
  const auto value = value_of(variant, fields);
  const auto segment = value ? classify(variant, *value) : std::nullopt;
  const bool inside = segment ? cell.segment == variant.segments[*segment].label : !cell.segment;
  return inside ? InCell::kYes : InCell::kNo;
}

}  // namespace

AmountCounts counts_of_cell(const Snapshot& snapshot, const CellName& cell) {
  const auto group = snapshot.history.groups().find(cell.group);
  if (group == snapshot.history.groups().end()) return {};
  if (!cell.variant) return group->second.all;
  const auto& segments = snapshot.definition.variants[*cell.variant].segments;
  const auto& cells = group->second.cells[*cell.variant];
  if (!cell.segment) return cells.back();
  const auto found = std::ranges::find(segments, *cell.segment, &Segment::label);
  CHECK(found != segments.end());
  return cells[static_cast<std::size_t>(found - segments.begin())];
}

Result<CellEvidence> collect_evidence(Warehouse& warehouse, const Snapshot& snapshot,
                                      const EvidenceRequest& request, const JobControl& control) {
  const Dataset& dataset = snapshot.definition;
  CellEvidence evidence;
  evidence.counts = counts_of_cell(snapshot, request.cell);
  const CellRowsRequest rows{request.cell, request.choice, request.limit};
  TRY(warehouse.cell_rows(
      request.id, request.version, rows,
      [&](const StoredRow& row) -> Result<> {
        evidence.rows.push_back(row_of(dataset.source.columns, row));
        return {};
      },
      control));
  TRY(warehouse.rejected_rows(
      request.id, request.version, request.cell.group,
      [&](const RejectedRow& row) -> Result<> {
        const InCell inside = in_cell(dataset, request.cell, row);
        if (inside == InCell::kNo) return {};
        ++evidence.rejected;
        ++evidence.rejected_by[std::string(row.reasons.front())];
        if (evidence.rejects.size() < request.limit)
          evidence.rejects.push_back(reject_of(row, inside == InCell::kYes));
        return {};
      },
      control));
  return evidence;
}

}  // namespace voucher
