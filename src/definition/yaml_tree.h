// The tree of a YAML file with the place of every node: the one adapter to the YAML library, whose
// exceptions end here. Only what a definition needs: maps with plain keys, lists and scalars; no
// anchors, aliases, tags or second documents.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "definition/mistake.h"

namespace voucher {

struct YamlEntry;

struct YamlNode {
  enum class Kind { kNull, kScalar, kList, kMap };

  Kind kind = Kind::kNull;
  Position where;         ///< of a null without text: that of its key
  std::string text;       ///< of a scalar
  bool quoted = false;    ///< a scalar in quotes, or a block scalar: never a number or a boolean
  bool verbatim = false;  ///< the file holds `text` byte by byte, on one line
  std::vector<YamlNode> items;     ///< of a list
  std::vector<YamlEntry> entries;  ///< of a map, in the file's order, keys unique
};

struct YamlEntry {
  YamlNode key;  ///< a scalar
  YamlNode value;
};

/// "a single value", "a list", "a map", "nothing": for messages.
[[nodiscard]] std::string_view describe(YamlNode::Kind kind);

/// Where byte `offset` of a scalar's text is in the file; the scalar's start where the file
/// spells it differently.
[[nodiscard]] Position place_in(const YamlNode& scalar, std::size_t offset);

/// The tree of a text; nullopt where it is no YAML, which is then one mistake. Duplicate and
/// non-scalar keys are mistakes too, and are left out. A text without content is a null node.
[[nodiscard]] std::optional<YamlNode> parse_yaml(std::string_view text, Mistakes& mistakes);

}  // namespace voucher
