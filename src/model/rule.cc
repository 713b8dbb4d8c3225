#include "model/rule.h"

namespace voucher {

std::string_view to_string(ColumnType type) {
  switch (type) {
    case ColumnType::kTimestamp: return "timestamp";
    case ColumnType::kString: return "string";
    case ColumnType::kInteger: return "integer";
  }
  return "";
}

std::string_view to_string(SourceFormat format) {
  switch (format) {
    case SourceFormat::kParquet: return "parquet";
    case SourceFormat::kCsv: return "csv";
    case SourceFormat::kJson: return "json";
  }
  return "";
}

std::string_view to_string(Comparison comparison) {
  switch (comparison) {
    case Comparison::kLessEqual: return "<=";
    case Comparison::kLess: return "<";
    case Comparison::kEqual: return "=";
    case Comparison::kNotEqual: return "!=";
    case Comparison::kGreaterEqual: return ">=";
    case Comparison::kGreater: return ">";
  }
  return "";
}

std::vector<ColumnIndex> columns_of(const Rule& rule) {
  if (const auto* membership = std::get_if<Membership>(&rule.condition))
    return {membership->column};
  const auto& comparison = std::get<ColumnComparison>(rule.condition);
  std::vector<ColumnIndex> columns{comparison.left};
  if (const auto* right = std::get_if<ColumnIndex>(&comparison.right)) columns.push_back(*right);
  return columns;
}

std::vector<Reason> rejection_reasons(const Source& source, const std::vector<Rule>& rules) {
  std::vector<Reason> reasons;
  for (ColumnIndex i = 0; i < source.columns.size(); ++i) {
    const Column& column = source.columns[i];
    if (!column.nullable) reasons.push_back({column.name + "_missing", ReasonKind::kMissing, i, 0});
    if (column.type == ColumnType::kString) continue;
    reasons.push_back({column.name + "_malformed", ReasonKind::kMalformed, i, 0});
  }
  for (std::size_t i = 0; i < rules.size(); ++i) {
    reasons.push_back({rules[i].id, ReasonKind::kRule, columns_of(rules[i]).front(), i});
  }
  return reasons;
}

}  // namespace voucher
