#include <algorithm>
#include <array>
#include <limits>
#include <utility>
#include <vector>

#include "decision/parse.h"
#include "sample/scalars.h"
#include "sample/shape_reader.h"

namespace voucher {
namespace {

constexpr std::int64_t kMostWeight = 1'000'000'000;
constexpr std::int64_t kLeastInteger = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kGreatestInteger = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kMostDays = 100'000;

const std::array<std::string, 7> kStoredWords{
    "text", "integer", "double", "date", "timestamp[ms]", "timestamp[us]", "timestamp[ns]"};
const std::array<std::string, 6> kFormWords{"whole",    "one_decimal",     "date",
                                            "datetime", "datetime_micros", "iso"};
const std::array<std::string, 5> kValueKeys{"one_of", "integers", "between", "days_before",
                                            "days_after"};

bool is_form_of(TextForm form, ColumnType type) {
  const bool number = form == TextForm::kWhole || form == TextForm::kOneDecimal;
  return number == (type == ColumnType::kInteger);
}

}  // namespace

std::optional<ColumnIndex> ShapeReader::read_column_name(const NamedNode& named) {
  std::vector<std::string> names;
  for (const Column& known : dataset_.source.columns) names.push_back(known.name);
  return read_word(named, names, mistakes_);
}

std::optional<ColumnIndex> ShapeReader::read_timestamp_name(const NamedNode& named) {
  const auto index = read_column_name(named);
  if (!index || column(*index).type == ColumnType::kTimestamp) return index;
  mistakes_.add(named.node->where, "column '{}' is of type {}; days are counted from a timestamp",
                column(*index).name, to_string(column(*index).type));
  return std::nullopt;
}

std::optional<ColumnShape> ShapeReader::read_column(ColumnIndex index, const NamedNode& named) {
  const MapReader fields(
      named, {"stored", "format", "one_of", "integers", "between", "days_before", "days_after"},
      mistakes_);
  if (!fields.is_map()) return std::nullopt;
  const auto stored_node = fields.require("stored");
  const auto stored = stored_node ? read_stored(index, *stored_node) : std::nullopt;
  const auto form = stored ? read_form(index, *stored, fields, named.node->where) : std::nullopt;
  auto values = read_values(index, *named.node);
  if (!stored || !form || !values) return std::nullopt;
  return ColumnShape{index, *stored, *form, std::move(*values)};
}

std::optional<StoredType> ShapeReader::read_stored(ColumnIndex index, const NamedNode& named) {
  const auto position = read_word(named, kStoredWords, mistakes_);
  if (!position) return std::nullopt;
  const auto stored = static_cast<StoredType>(*position);
  if (can_store(column(index).type, stored)) {
    stored_.emplace(index, stored);
    return stored;
  }
  mistakes_.add(named.node->where, "column '{}' is of type {} and cannot be stored as {}",
                column(index).name, to_string(column(index).type), kStoredWords[*position]);
  return std::nullopt;
}

std::optional<TextForm> ShapeReader::read_form(ColumnIndex index, StoredType stored,
                                               const MapReader& fields, Position where) {
  const ColumnType type = column(index).type;
  const auto named = fields.find("format");
  if (stored != StoredType::kText || type == ColumnType::kString) {
    if (named) {
      mistakes_.add(named->node->where,
                    "only numbers and instants stored as text have a format; remove it");
    }
    return TextForm::kWhole;
  }
  if (!named) {
    mistakes_.add(where, "column '{}' is stored as text and needs a format: {}", column(index).name,
                  type == ColumnType::kInteger ? "whole or one_decimal"
                                               : "date or datetime or datetime_micros or iso");
    return std::nullopt;
  }
  const auto position = read_word(*named, kFormWords, mistakes_);
  if (!position) return std::nullopt;
  const auto form = static_cast<TextForm>(*position);
  if (is_form_of(form, type)) return form;
  mistakes_.add(named->node->where, "'{}' is no format of a column of type {}",
                kFormWords[*position], to_string(type));
  return std::nullopt;
}

bool ShapeReader::suits(ColumnIndex index, const YamlEntry& entry) {
  const ColumnType type = column(index).type;
  const bool allowed = entry.key.text == "one_of"     ? type != ColumnType::kTimestamp
                       : entry.key.text == "integers" ? type == ColumnType::kInteger
                                                      : type == ColumnType::kTimestamp;
  if (!allowed) {
    mistakes_.add(entry.key.where, "'{}' gives no values for a column of type {}", entry.key.text,
                  to_string(type));
  }
  return allowed;
}

std::optional<ShapeReader::Values> ShapeReader::read_values(ColumnIndex index,
                                                            const YamlNode& node) {
  std::vector<const YamlEntry*> found;
  for (const YamlEntry& entry : node.entries) {
    if (std::ranges::find(kValueKeys, entry.key.text) != kValueKeys.end()) found.push_back(&entry);
  }
  if (found.size() != 1) {
    mistakes_.add(node.where,
                  "column '{}' needs exactly one of one_of, integers, between, days_before and "
                  "days_after, not {}",
                  column(index).name, found.size());
    return std::nullopt;
  }
  const YamlEntry& entry = *found.front();
  if (!suits(index, entry)) return std::nullopt;
  const NamedNode named{entry.key.text, &entry.value};
  const auto widened = [](auto read) -> std::optional<Values> {
    if (!read) return std::nullopt;
    return Values(std::move(*read));
  };
  if (named.name == "one_of") return widened(read_one_of(index, named));
  if (named.name == "integers") return widened(read_mixture(named, kLeastInteger));
  if (named.name == "between") return widened(read_between(named));
  return widened(read_days_away(named, named.name == "days_before"));
}

std::optional<IntegerMixture> ShapeReader::read_mixture(const NamedNode& named,
                                                        std::int64_t least) {
  const auto* items = read_list(named, mistakes_);
  if (items == nullptr) return std::nullopt;
  std::vector<IntegerMixture::Part> parts;
  for (const YamlNode& item : *items) {
    if (auto part = read_part({named.name, &item}, least)) parts.push_back(std::move(*part));
  }
  if (items->empty()) mistakes_.add(named.node->where, "'{}' must not be empty", named.name);
  if (items->empty() || parts.size() != items->size()) return std::nullopt;
  return IntegerMixture(std::move(parts));
}

std::optional<IntegerMixture::Part> ShapeReader::read_part(const NamedNode& named,
                                                           std::int64_t least) {
  const MapReader fields(named, {"weight", "from", "to", "mean"}, mistakes_);
  const auto weight_node = fields.require("weight");
  const auto from_node = fields.require("from");
  if (!weight_node || !from_node) return std::nullopt;
  const auto to_node = fields.find("to");
  const auto mean_node = fields.find("mean");
  const std::int64_t greatest = named.name == "days" ? kMostDays : kGreatestInteger;
  const auto weight = read_integer_within(*weight_node, 1, kMostWeight, mistakes_);
  const auto from = read_integer_within(*from_node, least, greatest, mistakes_);
  if (!weight || !from) return std::nullopt;
  if (!mean_node) {
    const auto to = to_node ? read_integer_within(*to_node, *from, greatest, mistakes_) : from;
    if (!to) return std::nullopt;
    return IntegerMixture::Part{*weight, UniformPart{*from, *to}};
  }
  const std::int64_t farthest = *from > greatest - GeometricPart::kLongestTail
                                    ? greatest
                                    : *from + GeometricPart::kLongestTail;
  const auto mean = read_integer_within(*mean_node, 1, GeometricPart::kLongestTail, mistakes_);
  const auto to =
      to_node ? read_integer_within(*to_node, *from, farthest, mistakes_) : std::optional(farthest);
  if (!mean || !to) return std::nullopt;
  return IntegerMixture::Part{*weight, GeometricPart(*from, *mean, *to)};
}

std::optional<Between> ShapeReader::read_between(const NamedNode& named) {
  const MapReader fields(named, {"from", "to"}, mistakes_);
  const auto from_node = fields.require("from");
  const auto to_node = fields.require("to");
  const auto from = from_node ? read_instant(*from_node, mistakes_) : std::nullopt;
  const auto to = to_node ? read_instant(*to_node, mistakes_) : std::nullopt;
  if (!from || !to) return std::nullopt;
  // A day as the end stands for all of it.
  const bool whole_day = to_node->node->text.size() == std::string_view("2018-07-10").size();
  const Timestamp until{to->micros + (whole_day ? kMicrosPerDay : 1)};
  if (*from < until) return Between{*from, until};
  mistakes_.add(to_node->node->where, "'to' must not be before 'from'");
  return std::nullopt;
}

std::optional<DaysAway> ShapeReader::read_days_away(const NamedNode& named, bool before) {
  static const std::array<std::string, 2> kTimes{"midnight", "any_time"};
  const MapReader fields(named, {"column", "days", "at"}, mistakes_);
  const auto column_node = fields.require("column");
  const auto days_node = fields.require("days");
  const auto at_node = fields.find("at");
  if (!column_node || !days_node) return std::nullopt;
  const auto reference = read_timestamp_name(*column_node);
  auto days = read_mixture(*days_node, -kMostDays);
  const auto at = at_node ? read_word(*at_node, kTimes, mistakes_) : std::optional<std::size_t>(0);
  if (!reference || !days || !at) return std::nullopt;
  return DaysAway{*reference, before, *at == 1, std::move(*days)};
}

}  // namespace voucher
