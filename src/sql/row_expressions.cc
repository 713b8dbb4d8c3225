#include "sql/row_expressions.h"

#include <fmt/format.h>

#include <algorithm>

namespace voucher::sql {
namespace {

constexpr std::string_view kIndent = "\n           ";

std::string in_range(std::string_view value, const Range& range, const Dialect& dialect) {
  if (range.from && range.to) {
    if (*range.from == *range.to) {
      return fmt::format("{} = {}", value, dialect.literal(*range.from));
    }
    return fmt::format("{} BETWEEN {} AND {}", value, dialect.literal(*range.from),
                       dialect.literal(*range.to));
  }
  if (range.from) return fmt::format("{} >= {}", value, dialect.literal(*range.from));
  if (range.to) return fmt::format("{} <= {}", value, dialect.literal(*range.to));
  return fmt::format("{} IS NOT NULL", value);
}

std::string_view sql_operator(Comparison comparison) {
  return comparison == Comparison::kNotEqual ? "<>" : to_string(comparison);
}

}  // namespace

RowExpressions::RowExpressions(const Dataset& dataset, const Dialect& dialect)
    : dataset_(dataset),
      dialect_(dialect),
      reasons_(rejection_reasons(dataset.source, dataset.clean.rules)) {}

std::string RowExpressions::raw_name(ColumnIndex index) const {
  std::string name = "raw_" + dataset_.source.columns[index].name;
  while (dataset_.find_column(name) || dataset_.find_variant(name)) name.insert(0, 1, '_');
  return name;
}

std::vector<std::string> RowExpressions::values() const {
  std::vector<std::string> values;
  for (ColumnIndex i = 0; i < dataset_.source.columns.size(); ++i) values.push_back(column(i));
  return values;
}

std::string RowExpressions::column(ColumnIndex index) const {
  return dialect_.identifier(dataset_.source.columns[index].name);
}

std::string RowExpressions::missing(ColumnIndex index, RawType type) const {
  const std::string raw = dialect_.identifier(raw_name(index));
  if (type == RawType::kTextOrNumber || type == RawType::kText) {
    return fmt::format("({0} IS NULL OR {0} = '')", raw);
  }
  return fmt::format("{} IS NULL", raw);
}

std::string RowExpressions::holds(const Rule& rule) const {
  if (const auto* membership = std::get_if<Membership>(&rule.condition)) {
    std::string list;
    for (const Literal& value : membership->values) {
      list += (list.empty() ? "" : ", ") + dialect_.literal(value);
    }
    return fmt::format("{} IN ({})", column(membership->column), list);
  }
  const auto& comparison = std::get<ColumnComparison>(rule.condition);
  const auto* other = std::get_if<ColumnIndex>(&comparison.right);
  const std::string right =
      other != nullptr ? column(*other) : dialect_.literal(std::get<Literal>(comparison.right));
  return fmt::format("{} {} {}", column(comparison.left), sql_operator(comparison.comparison),
                     right);
}

std::vector<std::string> RowExpressions::reason_conditions(
    const std::vector<RawColumn>& columns) const {
  std::vector<std::string> conditions;
  for (const Reason& reason : reasons_) {
    const std::string value = column(reason.column);
    const bool is_string = dataset_.source.columns[reason.column].type == ColumnType::kString;
    switch (reason.kind) {
      case ReasonKind::kMissing:
        conditions.push_back(
            is_string ? fmt::format("{} IS NULL", value)
                      : fmt::format("{} IS NULL AND {}", value,
                                    missing(reason.column, columns[reason.column].type)));
        break;
      case ReasonKind::kMalformed:
        conditions.push_back(fmt::format("{} IS NULL AND NOT {}", value,
                                         missing(reason.column, columns[reason.column].type)));
        break;
      case ReasonKind::kRule:
        // NULL, and so not true, where a column of the rule has no value.
        conditions.push_back(fmt::format("NOT ({})", holds(dataset_.clean.rules[reason.rule])));
        break;
    }
  }
  return conditions;
}

std::string RowExpressions::primary_reason_number(const std::vector<RawColumn>& columns) const {
  std::string text = "CASE";
  const std::vector<std::string> conditions = reason_conditions(columns);
  for (std::size_t i = 0; i < conditions.size(); ++i) {
    text += fmt::format("{}WHEN {} THEN {}", kIndent, conditions[i], i + 1);
  }
  return text + fmt::format("{}ELSE 0 END", kIndent);
}

std::string RowExpressions::reasons(const std::vector<RawColumn>& columns) const {
  std::vector<std::string> items;
  const std::vector<std::string> conditions = reason_conditions(columns);
  for (std::size_t i = 0; i < conditions.size(); ++i) {
    items.push_back(fmt::format("{}CASE WHEN {} THEN {} END", kIndent, conditions[i],
                                dialect_.literal(reasons_[i].id)));
  }
  return dialect_.list_of_present(items);
}

std::string RowExpressions::reason_of_number(std::string_view number) const {
  std::string text = fmt::format("CASE {}", number);
  for (std::size_t i = 0; i < reasons_.size(); ++i) {
    text += fmt::format("{}WHEN {} THEN {}", kIndent, i + 1, dialect_.literal(reasons_[i].id));
  }
  return text + " END";
}

std::string RowExpressions::number_name(const Variant& variant) const {
  return dialect_.identifier("number of " + variant.name);
}

std::string RowExpressions::segment_number(const Variant& variant) const {
  const auto* days = std::get_if<DaysBetween>(&variant.value);
  const std::string value =
      days == nullptr
          ? column(value_column(variant))
          : fmt::format("({})", dialect_.days_between(column(days->column), column(days->clock)));
  std::string text = "CASE";
  for (std::size_t i = 0; i < variant.segments.size(); ++i) {
    text += fmt::format("{}WHEN {} THEN {}", kIndent,
                        in_range(value, variant.segments[i].range, dialect_), i);
  }
  return text + fmt::format("{}ELSE {} END", kIndent, variant.segments.size());
}

std::string RowExpressions::label_of_number(const Variant& variant, std::string_view number) const {
  std::string text = fmt::format("CASE {}", number);
  for (std::size_t i = 0; i < variant.segments.size(); ++i) {
    text +=
        fmt::format("{}WHEN {} THEN {}", kIndent, i, dialect_.literal(variant.segments[i].label));
  }
  return text + " END";
}

}  // namespace voucher::sql
