#include "definition/map_reader.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/suggest.h"
#include "decision/parse.h"
#include "definition/names.h"

namespace voucher {
namespace {

using Kind = YamlNode::Kind;

bool is_control(char byte) {
  const auto value = static_cast<unsigned char>(byte);
  return value == 0x7F || (value < 0x20 && byte != '\n' && byte != '\t');
}

/// A value of the wrong kind, or none; `what` is the right one.
void report_kind(const NamedNode& named, std::string_view what, Mistakes& mistakes) {
  const auto name = named.name.empty() ? "the file" : fmt::format("'{}'", named.name);
  if (named.node->kind == Kind::kNull) {
    mistakes.add(named.node->where, "{} has no value; it must be {}", name, what);
  } else {
    mistakes.add(named.node->where, "{} must be {}, not {}", name, what,
                 describe(named.node->kind));
  }
}

bool expect_kind(const NamedNode& named, Kind kind, Mistakes& mistakes) {
  if (named.node->kind == kind) return true;
  report_kind(named, describe(kind), mistakes);
  return false;
}

/// The text of a scalar that is not in quotes: only such can be a number or a boolean.
std::optional<std::string> read_bare(const NamedNode& named, std::string_view what,
                                     Mistakes& mistakes) {
  const YamlNode& node = *named.node;
  if (node.kind == Kind::kScalar && !node.quoted) return node.text;
  if (node.kind == Kind::kScalar) {
    mistakes.add(node.where, "'{}' must be {}, not text in quotes", named.name, what);
  } else {
    report_kind(named, what, mistakes);
  }
  return std::nullopt;
}

}  // namespace

MapReader::MapReader(const NamedNode& named, std::initializer_list<std::string_view> keys,
                     Mistakes& mistakes)
    : named_(named), mistakes_(mistakes) {
  is_map_ = expect_kind(named, Kind::kMap, mistakes);
  if (!is_map_) return;
  const std::vector<std::string> known(keys.begin(), keys.end());
  for (const auto& [key, value] : named.node->entries) {
    if (std::ranges::find(known, key.text) != known.end()) continue;
    mistakes.add(key.where, "unknown key '{}'{}", key.text, did_you_mean(key.text, known));
    if (auto nearest = nearest_name(key.text, known)) misspelt_.push_back(*std::move(nearest));
  }
}

std::optional<NamedNode> MapReader::find(std::string_view key) const {
  if (!is_map_) return std::nullopt;
  for (const YamlEntry& entry : named_.node->entries) {
    if (entry.key.text == key) return NamedNode{entry.key.text, &entry.value};
  }
  return std::nullopt;
}

std::optional<NamedNode> MapReader::require(std::string_view key) const {
  auto found = find(key);
  if (found || !is_map_ || std::ranges::find(misspelt_, key) != misspelt_.end()) return found;
  if (named_.name.empty()) {
    mistakes_.add(named_.node->where, "missing key '{}'", key);
  } else {
    mistakes_.add(named_.node->where, "missing key '{}' in '{}'", key, named_.name);
  }
  return std::nullopt;
}

std::optional<std::string> read_text(const NamedNode& named, Mistakes& mistakes) {
  const YamlNode& node = *named.node;
  if (node.kind != Kind::kScalar) {
    report_kind(named, "text", mistakes);
  } else if (node.text.empty()) {
    mistakes.add(node.where, "'{}' is empty", named.name);
  } else if (std::ranges::any_of(node.text, is_control)) {
    mistakes.add(node.where, "'{}' holds a control character", named.name);
  } else {
    return node.text;
  }
  return std::nullopt;
}

std::optional<std::int64_t> read_integer(const NamedNode& named, Mistakes& mistakes) {
  const auto text = read_bare(named, "a whole number", mistakes);
  if (!text) return std::nullopt;
  const auto value = parse_integer(*text);
  if (!value) {
    mistakes.add(named.node->where, "'{}' must be a whole number of 64 bits, not '{}'", named.name,
                 *text);
  }
  return value;
}

std::optional<double> read_number(const NamedNode& named, Mistakes& mistakes) {
  const auto text = read_bare(named, "a number", mistakes);
  if (!text) return std::nullopt;
  double value = 0;
  const char* end = text->data() + text->size();
  const auto [stop, code] = std::from_chars(text->data(), end, value, std::chars_format::fixed);
  if (code == std::errc() && stop == end && std::isfinite(value)) return value;
  mistakes.add(named.node->where, "'{}' must be a number, not '{}'", named.name, *text);
  return std::nullopt;
}

std::optional<bool> read_boolean(const NamedNode& named, Mistakes& mistakes) {
  const auto text = read_bare(named, "true or false", mistakes);
  if (!text) return std::nullopt;
  if (*text == "true" || *text == "false") return *text == "true";
  mistakes.add(named.node->where, "'{}' must be true or false, not '{}'", named.name, *text);
  return std::nullopt;
}

std::optional<std::size_t> read_word(const NamedNode& named, std::span<const std::string> words,
                                     Mistakes& mistakes) {
  const auto text = read_text(named, mistakes);
  if (!text) return std::nullopt;
  const auto found = std::ranges::find(words, *text);
  if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  mistakes.add(named.node->where, "'{}' must be {}, not '{}'{}", named.name,
               fmt::join(words, " or "), *text, did_you_mean(*text, words));
  return std::nullopt;
}

std::optional<std::string> read_identifier(const NamedNode& named, Mistakes& mistakes) {
  auto text = read_text(named, mistakes);
  if (text) check_identifier(*text, fmt::format("'{}'", named.name), named.node->where, mistakes);
  return text;
}

void check_identifier(std::string_view name, std::string_view what, Position where,
                      Mistakes& mistakes) {
  if (is_identifier(name)) return;
  mistakes.add(where,
               "{} cannot be '{}': a name has lower-case letters, digits and underscores, no digit "
               "first, at most 63",
               what, name);
}

const std::vector<YamlNode>* read_list(const NamedNode& named, Mistakes& mistakes) {
  return expect_kind(named, Kind::kList, mistakes) ? &named.node->items : nullptr;
}

const std::vector<YamlEntry>* read_map(const NamedNode& named, Mistakes& mistakes) {
  return expect_kind(named, Kind::kMap, mistakes) ? &named.node->entries : nullptr;
}

}  // namespace voucher
