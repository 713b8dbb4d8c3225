// Reads a YAML map whose keys are known: unknown keys, missing keys and values of the wrong kind
// become mistakes, and the caller gets what is left.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "definition/mistake.h"
#include "definition/yaml_tree.h"

namespace voucher {

/// A scalar with its name, for messages: "min_support" of `min_support: 0`.
struct NamedNode {
  std::string name;
  const YamlNode* node = nullptr;
};

class MapReader {
 public:
  /// Reports keys of the map that are not among `keys`; a `named.node` that is no map is reported,
  /// and then behaves as an empty map without missing keys. REQUIRES: node and mistakes outlive
  /// this.
  MapReader(const NamedNode& named, std::initializer_list<std::string_view> keys,
            Mistakes& mistakes);

  /// Whether there is a map at all.
  [[nodiscard]] bool is_map() const { return is_map_; }
  /// The value of a key that may be absent.
  [[nodiscard]] std::optional<NamedNode> find(std::string_view key) const;
  /// The value of a key that must be there; its absence is reported, unless an unknown key looks
  /// like a misspelling of it.
  [[nodiscard]] std::optional<NamedNode> require(std::string_view key) const;

 private:
  const NamedNode named_;
  Mistakes& mistakes_;
  bool is_map_ = false;
  std::vector<std::string> misspelt_;  ///< known keys that an unknown one is near to
};

/// The readers of scalars and lists report a value of the wrong kind and then give nullopt or
/// nothing.
[[nodiscard]] std::optional<std::string> read_text(const NamedNode& named, Mistakes& mistakes);
[[nodiscard]] std::optional<std::int64_t> read_integer(const NamedNode& named, Mistakes& mistakes);
[[nodiscard]] std::optional<double> read_number(const NamedNode& named, Mistakes& mistakes);
[[nodiscard]] std::optional<bool> read_boolean(const NamedNode& named, Mistakes& mistakes);
/// Position in `words`; another word is reported with the nearest.
[[nodiscard]] std::optional<std::size_t> read_word(const NamedNode& named,
                                                   std::span<const std::string> words,
                                                   Mistakes& mistakes);
/// A name that must be an identifier (see names.h); another is reported and still given back, so
/// that what refers to it is not reported as well.
[[nodiscard]] std::optional<std::string> read_identifier(const NamedNode& named,
                                                         Mistakes& mistakes);
/// The same for a name that is a key, or derived; `what` is "variant", "view".
void check_identifier(std::string_view name, std::string_view what, Position where,
                      Mistakes& mistakes);
/// The entries of a list, nullptr where it is none.
[[nodiscard]] const std::vector<YamlNode>* read_list(const NamedNode& named, Mistakes& mistakes);
/// The entries of a map with free keys, nullptr where it is none.
[[nodiscard]] const std::vector<YamlEntry>* read_map(const NamedNode& named, Mistakes& mistakes);

}  // namespace voucher
