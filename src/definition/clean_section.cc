#include <algorithm>

#include "definition/expression.h"
#include "definition/names.h"
#include "definition/sections.h"

namespace voucher {
namespace {

const std::vector<std::string> kDeduplicate{"all_columns", "none"};

/// Whether the id is that of an implied rule, e.g. `total_orders_missing`.
bool is_implied(std::string_view id, const ColumnTable& columns) {
  for (const std::string_view ending : {"_missing", "_malformed"}) {
    if (id.ends_with(ending) && columns.find(id.substr(0, id.size() - ending.size()))) return true;
  }
  return false;
}

class RuleReader {
 public:
  RuleReader(const ColumnTable& columns, Mistakes& mistakes)
      : columns_(columns), mistakes_(mistakes) {}

  std::optional<Rule> read(const YamlNode& node) {
    const MapReader reader({"rule", &node}, {"id", "require"}, mistakes_);
    const auto id = read_id(reader);
    const auto require = reader.require("require");
    if (!require || !read_text(*require, mistakes_)) return std::nullopt;
    auto condition = parse_condition(*require->node, columns_, mistakes_);
    if (!id || !condition) return std::nullopt;
    return Rule{*id, *std::move(condition)};
  }

 private:
  std::optional<std::string> read_id(const MapReader& reader) {
    const auto named = reader.require("id");
    auto id = named ? read_identifier(*named, mistakes_) : std::nullopt;
    if (!id) return std::nullopt;
    if (std::ranges::find(ids_, *id) != ids_.end()) {
      mistakes_.add(named->node->where, "two rules have the id '{}'", *id);
    } else if (is_implied(*id, columns_)) {
      mistakes_.add(named->node->where, "'{}' is the id of an implied rule; choose another", *id);
    }
    ids_.push_back(*id);
    return id;
  }

  const ColumnTable& columns_;
  Mistakes& mistakes_;
  std::vector<std::string> ids_;
};

}  // namespace

CleanSection read_clean(const NamedNode& named, const ColumnTable& columns, Mistakes& mistakes) {
  CleanSection section;
  const MapReader reader(named, {"rules", "deduplicate", "max_rejected_share"}, mistakes);
  section.complete = reader.is_map();
  const auto rules = reader.find("rules");
  const auto* nodes = rules ? read_list(*rules, mistakes) : nullptr;
  if (rules && nodes == nullptr) section.complete = false;
  RuleReader rule_reader(columns, mistakes);
  for (const YamlNode& node : nodes == nullptr ? std::vector<YamlNode>{} : *nodes) {
    if (auto rule = rule_reader.read(node))
      section.clean.rules.push_back(*std::move(rule));
    else
      section.complete = false;
  }
  if (const auto deduplicate = reader.find("deduplicate")) {
    if (read_word(*deduplicate, kDeduplicate, mistakes) == std::size_t{1}) {
      section.clean.deduplicate = Deduplicate::kNone;
    }
  }
  if (const auto share = reader.find("max_rejected_share")) {
    const auto value = read_number(*share, mistakes);
    if (value && (*value < 0 || *value > 1)) {
      mistakes.add(share->node->where, "'max_rejected_share' must be from 0 to 1, not {}",
                   share->node->text);
    } else if (value) {
      section.clean.max_rejected_share = *value;
    }
  }
  return section;
}

}  // namespace voucher
