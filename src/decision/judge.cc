#include "decision/judge.h"

#include <algorithm>
#include <compare>

#include "base/check.h"

namespace voucher {
namespace {

Field field_of(const Literal& literal) {
  if (const auto* number = std::get_if<std::int64_t>(&literal)) return Field::of(*number);
  if (const auto* instant = std::get_if<Timestamp>(&literal)) return Field::of(*instant);
  return Field::of(std::string_view(std::get<std::string>(literal)));
}

std::strong_ordering compare(ColumnType type, const Field& left, const Field& right) {
  if (type == ColumnType::kString) return left.text.compare(right.text) <=> 0;
  return left.number <=> right.number;
}

bool satisfies(std::strong_ordering order, Comparison comparison) {
  switch (comparison) {
    case Comparison::kLessEqual: return order <= 0;
    case Comparison::kLess: return order < 0;
    case Comparison::kEqual: return order == 0;
    case Comparison::kNotEqual: return order != 0;
    case Comparison::kGreaterEqual: return order >= 0;
    case Comparison::kGreater: return order > 0;
  }
  return false;
}

}  // namespace

bool holds(const Rule& rule, const std::vector<Column>& columns, Row row) {
  if (const auto* membership = std::get_if<Membership>(&rule.condition)) {
    const ColumnType type = columns[membership->column].type;
    return std::ranges::any_of(membership->values, [&](const Literal& value) {
      return compare(type, row[membership->column], field_of(value)) == 0;
    });
  }
  const auto& comparison = std::get<ColumnComparison>(rule.condition);
  const auto* other = std::get_if<ColumnIndex>(&comparison.right);
  const Field right =
      other != nullptr ? row[*other] : field_of(std::get<Literal>(comparison.right));
  return satisfies(compare(columns[comparison.left].type, row[comparison.left], right),
                   comparison.comparison);
}

Judge::Judge(const Dataset& dataset)
    : columns_(dataset.source.columns),
      rules_(dataset.clean.rules),
      reasons_(rejection_reasons(dataset.source, dataset.clean.rules)) {
  for (const Rule& rule : rules_) rule_columns_.push_back(columns_of(rule));
}

void Judge::judge(Row row, std::vector<ReasonIndex>& found) const {
  CHECK(row.size() == columns_.size());
  for (ReasonIndex i = 0; i < reasons_.size(); ++i) {
    const Reason& reason = reasons_[i];
    bool applies = false;
    switch (reason.kind) {
      case ReasonKind::kMissing: applies = row[reason.column].state == FieldState::kMissing; break;
      case ReasonKind::kMalformed:
        applies = row[reason.column].state == FieldState::kMalformed;
        break;
      case ReasonKind::kRule:
        applies =
            std::ranges::all_of(rule_columns_[reason.rule],
                                [row](ColumnIndex column) { return row[column].has_value(); }) &&
            !holds(rules_[reason.rule], columns_, row);
        break;
    }
    if (applies) found.push_back(i);
  }
}

}  // namespace voucher
