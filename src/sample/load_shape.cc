#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/files.h"
#include "base/suggest.h"
#include "definition/map_reader.h"
#include "sample/generate.h"
#include "sample/shape_reader.h"

namespace voucher {
namespace {

void check_text(const MapReader& fields, std::string_view key, const std::string& expected,
                Mistakes& mistakes) {
  const auto named = fields.require(key);
  const auto text = named ? read_text(*named, mistakes) : std::nullopt;
  if (text && *text != expected)
    mistakes.add(named->node->where, "'{}' must be '{}', not '{}'", key, expected, *text);
}

void read_columns(const NamedNode& named, ShapeReader& reader, Shape& shape, Mistakes& mistakes) {
  const auto* entries = read_map(named, mistakes);
  if (entries == nullptr) return;
  std::vector<std::string> names;
  for (const Column& column : shape.dataset.source.columns) names.push_back(column.name);
  std::set<ColumnIndex> found;
  for (const YamlEntry& entry : *entries) {
    const auto index = shape.dataset.find_column(entry.key.text);
    if (!index) {
      mistakes.add(entry.key.where, "the dataset has no column '{}'{}", entry.key.text,
                   did_you_mean(entry.key.text, names));
      continue;
    }
    found.insert(*index);
    if (auto column = reader.read_column(*index, {entry.key.text, &entry.value}))
      shape.columns.push_back(std::move(*column));
  }
  for (ColumnIndex i = 0; i < names.size(); ++i) {
    if (!found.contains(i))
      mistakes.add(named.node->where, "missing column '{}' of the dataset", names[i]);
  }
}

void read_dirt(const NamedNode& named, ShapeReader& reader, Shape& shape, Mistakes& mistakes) {
  const auto* items = read_list(named, mistakes);
  if (items == nullptr) return;
  for (const YamlNode& item : *items) {
    if (auto dirt = reader.read_dirt(item)) shape.dirt.push_back(std::move(*dirt));
  }
}

void read_shape(const YamlNode& root, Shape& shape, Mistakes& mistakes) {
  const MapReader fields(
      {"", &root}, {"apiVersion", "domain", "dataset", "description", "columns", "dirt"}, mistakes);
  check_text(fields, "apiVersion", "voucher/v1", mistakes);
  check_text(fields, "domain", shape.dataset.domain, mistakes);
  check_text(fields, "dataset", shape.dataset.dataset, mistakes);
  ShapeReader reader(shape.dataset, mistakes);
  const auto columns = fields.require("columns");
  if (columns) read_columns(*columns, reader, shape, mistakes);
  if (const auto dirt = fields.find("dirt")) read_dirt(*dirt, reader, shape, mistakes);
  if (!columns || !mistakes.empty()) return;
  auto order = dependency_order(shape.dataset, shape.columns);
  if (order) {
    shape.order = std::move(*order);
  } else {
    mistakes.add(columns->node->where,
                 "columns depend on each other in a circle; let one of them depend on none");
  }
}

}  // namespace

Result<Shape> parse_shape(std::string_view yaml, std::string_view name, const Dataset& dataset) {
  Mistakes mistakes;
  Shape shape;
  shape.dataset = dataset;
  if (const auto root = parse_yaml(yaml, mistakes)) read_shape(*root, shape, mistakes);
  if (!mistakes.empty()) return std::unexpected(mistakes.to_error(name));
  return shape;
}

Result<Shape> load_shape(const std::filesystem::path& path, const Dataset& dataset) {
  return parse_shape(TRY(read_file(path)), path.string(), dataset);
}

}  // namespace voucher
