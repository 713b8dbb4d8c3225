#include "definition/flag_defaults.h"

#include <algorithm>

#include "base/suggest.h"
#include "definition/map_reader.h"

namespace voucher {
namespace {

void read_flag(const YamlEntry& entry, std::span<const std::string> known_flags,
               FlagDefaults& defaults, Mistakes& mistakes) {
  const auto& [key, value] = entry;
  if (key.text.starts_with('-')) {
    mistakes.add(key.where, "flag '{}' is written without dashes here", key.text);
  } else if (!known_flags.empty() &&
             std::ranges::find(known_flags, key.text) == known_flags.end()) {
    mistakes.add(key.where, "unknown flag '{}'{}", key.text, did_you_mean(key.text, known_flags));
  } else if (auto text = read_text({key.text, &value}, mistakes)) {
    defaults.emplace(key.text, *std::move(text));
  }
}

}  // namespace

Result<FlagDefaults> parse_flag_defaults(std::string_view yaml, std::string_view name,
                                         std::span<const std::string> known_flags) {
  Mistakes mistakes;
  FlagDefaults defaults;
  const auto root = parse_yaml(yaml, mistakes);
  if (root && root->kind != YamlNode::Kind::kNull) {
    const auto* entries = read_map({"", &*root}, mistakes);
    if (entries != nullptr) {
      for (const YamlEntry& entry : *entries) read_flag(entry, known_flags, defaults, mistakes);
    }
  }
  if (!mistakes.empty()) return std::unexpected(mistakes.to_error(name));
  return defaults;
}

}  // namespace voucher
