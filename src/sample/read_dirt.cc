#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "sample/scalars.h"
#include "sample/shape_reader.h"

namespace voucher {
namespace {

constexpr std::int64_t kMostDays = 40'000;

const YamlNode* find_entry(const YamlNode& node, std::string_view key) {
  for (const YamlEntry& entry : node.entries) {
    if (entry.key.text == key) return &entry.value;
  }
  return nullptr;
}

}  // namespace

std::optional<Dirt> ShapeReader::read_dirt(const YamlNode& node) {
  using Read = std::optional<Dirt::Kind> (ShapeReader::*)(const NamedNode&);
  static const std::array<std::string, 6> kKinds{"missing", "malformed", "replaced",
                                                 "shifted", "respelled", "duplicated"};
  static constexpr std::array<Read, 6> kReads{
      &ShapeReader::read_missing, &ShapeReader::read_malformed, &ShapeReader::read_replaced,
      &ShapeReader::read_shifted, &ShapeReader::read_respelled, &ShapeReader::read_duplicated};
  const YamlNode* kind_node = find_entry(node, "kind");
  if (kind_node == nullptr) {
    mistakes_.add(node.where, "an entry of 'dirt' must be a map with a 'kind'");
    return std::nullopt;
  }
  const auto position = read_word({"kind", kind_node}, kKinds, mistakes_);
  if (!position) return std::nullopt;
  auto kind = (this->*kReads[*position])({kKinds[*position], &node});
  const YamlNode* share_node = find_entry(node, "share");
  if (share_node == nullptr)
    mistakes_.add(node.where, "missing key 'share' in '{}'", kKinds[*position]);
  const auto share = share_node ? read_share({"share", share_node}, mistakes_) : std::nullopt;
  if (!kind || !share) return std::nullopt;
  Dirt dirt{std::move(*kind), kKinds[*position], *share};
  if (const YamlNode* named = find_entry(node, "column")) dirt.name += " " + named->text;
  return dirt;
}

std::optional<Dirt::Kind> ShapeReader::read_missing(const NamedNode& named) {
  static const std::array<std::string, 2> kForms{"null", "empty"};
  const MapReader fields(named, {"kind", "share", "column", "as"}, mistakes_);
  const auto index = read_target(fields, std::nullopt);
  const auto as = fields.require("as");
  if (!index || !as) return std::nullopt;
  // `as: null` without quotes is YAML's own null.
  if (as->node->kind == YamlNode::Kind::kNull) return MissingDirt{*index, false};
  const auto form = read_word(*as, kForms, mistakes_);
  if (!form || (*form == 1 && !is_text(*index, as->node->where))) return std::nullopt;
  return MissingDirt{*index, *form == 1};
}

std::optional<Dirt::Kind> ShapeReader::read_malformed(const NamedNode& named) {
  const MapReader fields(named, {"kind", "share", "column", "texts"}, mistakes_);
  const auto index = read_target(fields, std::nullopt);
  const auto list = fields.require("texts");
  const auto* items = list ? read_list(*list, mistakes_) : nullptr;
  if (!index || items == nullptr || !is_text(*index, named.node->where)) return std::nullopt;
  MalformedDirt malformed{*index, {}};
  for (const YamlNode& item : *items) {
    if (auto text = read_text({"texts", &item}, mistakes_)) malformed.texts.push_back(*text);
  }
  if (items->empty()) mistakes_.add(list->node->where, "'texts' must not be empty");
  if (items->empty() || malformed.texts.size() != items->size()) return std::nullopt;
  return malformed;
}

std::optional<Dirt::Kind> ShapeReader::read_replaced(const NamedNode& named) {
  const MapReader fields(named, {"kind", "share", "column", "values"}, mistakes_);
  const auto index = read_target(fields, std::nullopt);
  const auto list = fields.require("values");
  const auto* items = list ? read_list(*list, mistakes_) : nullptr;
  if (!index || items == nullptr) return std::nullopt;
  ReplacedDirt replaced{*index, {}};
  for (const YamlNode& item : *items) {
    if (auto value = read_value(*index, item)) replaced.values.push_back(std::move(*value));
  }
  if (items->empty()) mistakes_.add(list->node->where, "'values' must not be empty");
  if (items->empty() || replaced.values.size() != items->size()) return std::nullopt;
  return replaced;
}

std::optional<Dirt::Kind> ShapeReader::read_shifted(const NamedNode& named) {
  const MapReader fields(named, {"kind", "share", "column", "days"}, mistakes_);
  const auto index = read_target(fields, ColumnType::kTimestamp);
  const auto days_node = fields.require("days");
  if (!index || !days_node) return std::nullopt;
  const auto days = read_integer_within(*days_node, -kMostDays, kMostDays, mistakes_);
  if (!days) return std::nullopt;
  return ShiftedDirt{*index, *days};
}

std::optional<Dirt::Kind> ShapeReader::read_respelled(const NamedNode& named) {
  static const std::array<std::string, 2> kForms{"lower", "upper"};
  const MapReader fields(named, {"kind", "share", "column", "as"}, mistakes_);
  const auto index = read_target(fields, ColumnType::kString);
  const auto as = fields.require("as");
  const auto form = as ? read_word(*as, kForms, mistakes_) : std::nullopt;
  if (!index || !form) return std::nullopt;
  return RespelledDirt{*index, *form == 1};
}

std::optional<Dirt::Kind> ShapeReader::read_duplicated(const NamedNode& named) {
  const MapReader fields(named, {"kind", "share"}, mistakes_);
  return DuplicatedDirt{};
}

std::optional<ColumnIndex> ShapeReader::read_target(const MapReader& fields,
                                                    std::optional<ColumnType> type) {
  const auto named = fields.require("column");
  const auto index = named ? read_column_name(*named) : std::nullopt;
  if (!index || !type || column(*index).type == *type) return index;
  mistakes_.add(named->node->where, "column '{}' is of type {}; this dirt needs one of type {}",
                column(*index).name, to_string(column(*index).type), to_string(*type));
  return std::nullopt;
}

bool ShapeReader::is_text(ColumnIndex index, Position where) {
  const auto stored = stored_.find(index);
  if (stored == stored_.end() || stored->second == StoredType::kText) return true;
  mistakes_.add(where, "column '{}' is not stored as text, which this dirt needs",
                column(index).name);
  return false;
}

}  // namespace voucher
