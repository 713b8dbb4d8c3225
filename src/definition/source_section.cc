#include "base/suggest.h"
#include "definition/names.h"
#include "definition/sections.h"

namespace voucher {
namespace {

const std::vector<std::string> kFormats{"parquet", "csv", "json"};
constexpr SourceFormat kFormatValues[]{SourceFormat::kParquet, SourceFormat::kCsv,
                                       SourceFormat::kJson};
const std::vector<std::string> kTypes{"timestamp", "string", "integer"};
constexpr ColumnType kTypeValues[]{ColumnType::kTimestamp, ColumnType::kString,
                                   ColumnType::kInteger};

void check_column_name(const YamlNode& key, const ColumnTable& columns, Mistakes& mistakes) {
  if (!is_column_name(key.text)) {
    mistakes.add(key.where,
                 "'{}' is no column name: letters, digits and underscores, no digit first, at "
                 "most 63",
                 key.text);
  } else if (const auto clash = column_clash(key.text)) {
    mistakes.add(key.where, "column name '{}' is taken by {}", key.text, *clash);
  } else if (const auto same = columns.find_any_case(key.text)) {
    mistakes.add(key.where, "columns '{}' and '{}' differ by case only", columns.at(*same).name,
                 key.text);
  }
}

void read_column(const YamlEntry& entry, ColumnTable& columns, Mistakes& mistakes) {
  check_column_name(entry.key, columns, mistakes);
  Column column{entry.key.text, ColumnType::kString, false};
  std::optional<ColumnType> type;
  const MapReader reader({entry.key.text, &entry.value}, {"type", "nullable"}, mistakes);
  if (const auto named = reader.require("type")) {
    if (const auto word = read_word(*named, kTypes, mistakes)) type = kTypeValues[*word];
  }
  if (const auto named = reader.find("nullable")) {
    column.nullable = read_boolean(*named, mistakes).value_or(true);
  }
  columns.add(std::move(column), type);
}

}  // namespace

SourceSection read_source(const NamedNode& named, Mistakes& mistakes) {
  SourceSection section;
  const MapReader reader(named, {"format", "columns"}, mistakes);
  if (const auto format = reader.find("format")) {
    if (const auto word = read_word(*format, kFormats, mistakes)) {
      section.format = kFormatValues[*word];
    }
  }
  const auto columns = reader.require("columns");
  const auto* entries = columns ? read_map(*columns, mistakes) : nullptr;
  if (entries == nullptr) {
    section.columns.mark_unreadable();
    return section;
  }
  if (entries->empty()) mistakes.add(columns->node->where, "'columns' holds no column");
  for (const YamlEntry& entry : *entries) read_column(entry, section.columns, mistakes);
  return section;
}

}  // namespace voucher
