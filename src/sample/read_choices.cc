#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/suggest.h"
#include "sample/scalars.h"
#include "sample/shape_reader.h"

namespace voucher {
namespace {

constexpr std::int64_t kMostWeight = 1'000'000'000;
constexpr std::string_view kNoSegment = "unsegmented";

}  // namespace

std::optional<OneOf> ShapeReader::read_one_of(ColumnIndex index, const NamedNode& named) {
  OneOf one_of;
  if (named.node->kind != YamlNode::Kind::kList) {
    WeightedCase only;
    if (!read_weights(index, named, only)) return std::nullopt;
    one_of.cases.push_back(std::move(only));
    return one_of;
  }
  for (const YamlNode& item : named.node->items) {
    if (auto weighted = read_case(index, item)) one_of.cases.push_back(std::move(*weighted));
  }
  if (named.node->items.empty()) mistakes_.add(named.node->where, "'one_of' must not be empty");
  if (one_of.cases.empty() || one_of.cases.size() != named.node->items.size()) return std::nullopt;
  return one_of;
}

std::optional<WeightedCase> ShapeReader::read_case(ColumnIndex index, const YamlNode& node) {
  const MapReader fields({"one_of", &node}, {"when", "weights"}, mistakes_);
  WeightedCase weighted;
  const auto when = fields.find("when");
  const auto weights = fields.require("weights");
  const bool conditions = !when || read_conditions(*when, weighted);
  if (!weights || !read_weights(index, *weights, weighted) || !conditions) return std::nullopt;
  return weighted;
}

bool ShapeReader::read_weights(ColumnIndex index, const NamedNode& named, WeightedCase& weighted) {
  const auto* entries = read_map(named, mistakes_);
  if (entries == nullptr) return false;
  std::vector<std::int64_t> weights;
  for (const YamlEntry& entry : *entries) {
    auto value = read_value(index, entry.key);
    const auto weight =
        read_integer_within({entry.key.text, &entry.value}, 0, kMostWeight, mistakes_);
    if (!value || !weight) continue;
    weighted.values.push_back(std::move(*value));
    weights.push_back(*weight);
  }
  if (weights.size() != entries->size()) return false;
  if (std::ranges::all_of(weights, [](std::int64_t weight) { return weight == 0; })) {
    mistakes_.add(named.node->where, "'{}' needs at least one value with a weight above 0",
                  named.name);
    return false;
  }
  weighted.weights = Weights(weights);
  return true;
}

bool ShapeReader::read_conditions(const NamedNode& named, WeightedCase& weighted) {
  const auto* entries = read_map(named, mistakes_);
  if (entries == nullptr) return false;
  for (const YamlEntry& entry : *entries) {
    if (auto condition = read_condition(entry)) weighted.when.push_back(std::move(*condition));
  }
  return weighted.when.size() == entries->size();
}

std::optional<SampleCondition> ShapeReader::read_condition(const YamlEntry& entry) {
  if (const auto variant = dataset_.find_variant(entry.key.text))
    return read_segment(*variant, entry.value);
  const auto index = dataset_.find_column(entry.key.text);
  if (index && column(*index).type != ColumnType::kTimestamp) {
    auto value = read_value(*index, entry.value);
    if (!value) return std::nullopt;
    return ColumnIs{*index, std::move(*value)};
  }
  std::vector<std::string> names;
  for (const Variant& variant : dataset_.variants) names.push_back(variant.name);
  for (const Column& known : dataset_.source.columns) {
    if (known.type != ColumnType::kTimestamp) names.push_back(known.name);
  }
  mistakes_.add(entry.key.where,
                "'{}' is no variant and no string or integer column of the dataset{}",
                entry.key.text, did_you_mean(entry.key.text, names));
  return std::nullopt;
}

std::optional<SampleCondition> ShapeReader::read_segment(VariantIndex index, const YamlNode& node) {
  const Variant& variant = dataset_.variants[index];
  std::vector<std::string> labels;
  for (const Segment& segment : variant.segments) labels.push_back(segment.label);
  labels.emplace_back(kNoSegment);
  const auto label = read_word({variant.name, &node}, labels, mistakes_);
  if (!label) return std::nullopt;
  if (*label == variant.segments.size()) return SegmentIs{index, std::nullopt};
  return SegmentIs{index, label};
}

std::optional<SampleValue> ShapeReader::read_value(ColumnIndex index, const YamlNode& node) {
  const NamedNode named{column(index).name, &node};
  if (column(index).type == ColumnType::kInteger) {
    const auto number = read_integer(named, mistakes_);
    if (!number) return std::nullopt;
    return SampleValue(*number);
  }
  if (column(index).type == ColumnType::kTimestamp) {
    const auto instant = read_instant(named, mistakes_);
    if (!instant) return std::nullopt;
    return SampleValue(instant->micros);
  }
  auto text = read_text(named, mistakes_);
  if (!text) return std::nullopt;
  return SampleValue(std::move(*text));
}

}  // namespace voucher
