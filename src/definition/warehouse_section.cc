#include <algorithm>

#include "base/suggest.h"
#include "definition/names.h"
#include "definition/sections.h"

namespace voucher {
namespace {

constexpr std::int64_t kFewestVersions = 2;  // one to serve, one to roll back to
constexpr std::int64_t kMostVersions = 1'000'000;

/// Where each name was given; derived names are missing.
using Places = std::map<std::string, Position>;

void read_views(const NamedNode& named, const Dataset& dataset, WarehouseNames& names,
                Places& places, Mistakes& mistakes) {
  const auto* entries = read_map(named, mistakes);
  if (entries == nullptr) return;
  std::vector<std::string> variants;
  for (const Variant& variant : dataset.variants) variants.push_back(variant.name);
  for (const auto& [key, value] : *entries) {
    if (!dataset.find_variant(key.text)) {
      mistakes.add(key.where, "unknown variant '{}'{}", key.text, did_you_mean(key.text, variants));
    } else if (auto view = read_identifier({key.text, &value}, mistakes)) {
      names.views[key.text] = *std::move(view);
      places[key.text] = value.where;
    }
  }
}

/// Table and views are neighbours in one schema; derived names may be too long.
void check_views(const Dataset& dataset, const WarehouseNames& names, const Places& places,
                 Position root, Mistakes& mistakes) {
  std::map<std::string, std::string> taken{{names.table, "of the table"}};
  for (const Variant& variant : dataset.variants) {
    const std::string& view = names.views.at(variant.name);
    const auto place = places.find(variant.name);
    const Position where = place == places.end() ? root : place->second;
    if (place == places.end() && is_identifier(variant.name)) {
      check_identifier(view, "view", where, mistakes);
    }
    const auto [other, is_new] =
        taken.emplace(view, fmt::format("of the view of '{}'", variant.name));
    if (is_new) continue;
    mistakes.add(where, "the view of '{}' cannot be '{}': that is the name {}", variant.name, view,
                 other->second);
  }
}

void read_keep(const NamedNode& named, WarehouseNames& names, Mistakes& mistakes) {
  const auto keep = read_integer(named, mistakes);
  if (!keep) return;
  if (*keep < kFewestVersions || *keep > kMostVersions) {
    mistakes.add(named.node->where, "'keep' must be from {} to {} versions, not {}",
                 kFewestVersions, kMostVersions, *keep);
    return;
  }
  names.keep = static_cast<int>(*keep);
}

}  // namespace

WarehouseNames read_warehouse(const std::optional<NamedNode>& named, Position root,
                              const Dataset& dataset, Mistakes& mistakes) {
  WarehouseNames names;
  names.schema = dataset.domain;
  names.table = dataset.dataset + "_segmented";
  for (const Variant& variant : dataset.variants) {
    names.views[variant.name] = variant.name + "_view";
  }
  Places places;
  Position schema_where = root;
  bool table_given = false;
  if (named) {
    const MapReader reader(*named, {"schema", "table", "views", "keep"}, mistakes);
    if (const auto schema = reader.find("schema")) {
      names.schema = read_identifier(*schema, mistakes).value_or(names.schema);
      schema_where = schema->node->where;
    }
    if (const auto table = reader.find("table")) {
      names.table = read_identifier(*table, mistakes).value_or(names.table);
      table_given = true;
    }
    if (const auto views = reader.find("views")) {
      read_views(*views, dataset, names, places, mistakes);
    }
    if (const auto keep = reader.find("keep")) read_keep(*keep, names, mistakes);
  }
  if (!table_given && is_identifier(dataset.dataset)) {
    check_identifier(names.table, "table", root, mistakes);
  }
  if (const auto clash = schema_clash(names.schema)) {
    mistakes.add(schema_where, "schema name '{}' is taken by {}", names.schema, *clash);
  }
  check_views(dataset, names, places, root, mistakes);
  return names;
}

Orchestration read_orchestration(const NamedNode& named, Mistakes& mistakes) {
  Orchestration orchestration;
  const MapReader reader(named, {"dag_id", "schedule"}, mistakes);
  if (const auto dag_id = reader.require("dag_id")) {
    orchestration.dag_id = read_text(*dag_id, mistakes).value_or("");
    if (!is_dag_id(orchestration.dag_id)) {
      mistakes.add(dag_id->node->where,
                   "'dag_id' cannot be '{}': Airflow takes letters, digits, '_', '-' and '.', at "
                   "most 250",
                   orchestration.dag_id);
    }
  }
  if (const auto schedule = reader.require("schedule")) {
    orchestration.schedule = read_text(*schedule, mistakes).value_or("");
  }
  return orchestration;
}

}  // namespace voucher
