#include "definition/yaml_tree.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <sstream>
#include <stdexcept>

#include "definition/source_text.h"

namespace voucher {
namespace {

using Kind = YamlNode::Kind;

/// Ends the parse at something that YAML allows and a definition does not.
struct Unsupported : std::runtime_error {
  Unsupported(const YAML::Mark& mark, const char* text) : std::runtime_error(text), where(mark) {}
  YAML::Mark where;
};

class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(const SourceText& source, Mistakes& mistakes)
      : source_(source), mistakes_(mistakes) {}

  YamlNode take_root() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) throw Unsupported(mark, "a second document in one file; leave one");
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    refuse_extras(mark, "", anchor);
    attach(start(mark, Kind::kNull));
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override {
    throw Unsupported(mark, "aliases are not supported; write the value out");
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    refuse_extras(mark, tag, anchor);
    YamlNode node = start(mark, Kind::kScalar);
    node.text = value;
    node.quoted = tag == "!";
    node.verbatim = source_.holds(mark.line, mark.column + (node.quoted ? 1 : 0), value);
    attach(std::move(node));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    refuse_extras(mark, tag, anchor);
    open_.push_back({start(mark, Kind::kList), std::nullopt});
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    refuse_extras(mark, tag, anchor);
    open_.push_back({start(mark, Kind::kMap), std::nullopt});
  }
  void OnMapEnd() override { close(); }

 private:
  struct Open {
    YamlNode node;
    std::optional<YamlNode> key;  ///< read, its value not yet
  };

  [[nodiscard]] YamlNode start(const YAML::Mark& mark, Kind kind) const {
    YamlNode node;
    node.kind = kind;
    node.where = source_.position(mark.line, mark.column);
    return node;
  }

  static void refuse_extras(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    if (anchor != YAML::NullAnchor) throw Unsupported(mark, "anchors are not supported; remove it");
    if (!tag.empty() && tag != "?" && tag != "!") {
      throw Unsupported(mark, "tags are not supported; remove it");
    }
  }

  void close() {
    YamlNode node = std::move(open_.back().node);
    open_.pop_back();
    attach(std::move(node));
  }

  void attach(YamlNode node) {
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    Open& parent = open_.back();
    if (parent.node.kind == Kind::kList) {
      parent.node.items.push_back(std::move(node));
    } else if (!parent.key) {
      parent.key = std::move(node);
    } else {
      add_entry(parent.node, std::move(*parent.key), std::move(node));
      parent.key.reset();
    }
  }

  void add_entry(YamlNode& map, YamlNode key, YamlNode value) {
    if (key.kind != Kind::kScalar) {
      mistakes_.add(key.where, "a key must be a word, not {}", describe(key.kind));
      return;
    }
    const auto same = [&](const YamlEntry& entry) { return entry.key.text == key.text; };
    const auto first = std::ranges::find_if(map.entries, same);
    if (first != map.entries.end()) {
      mistakes_.add(key.where, "duplicate key '{}'; the first is in line {}", key.text,
                    first->key.where.line);
      return;
    }
    if (value.kind == Kind::kNull) value.where = key.where;
    map.entries.push_back({std::move(key), std::move(value)});
  }

  const SourceText& source_;
  Mistakes& mistakes_;
  int documents_ = 0;
  YamlNode root_;
  std::vector<Open> open_;
};

}  // namespace

std::string_view describe(Kind kind) {
  switch (kind) {
    case Kind::kNull: return "nothing";
    case Kind::kScalar: return "a single value";
    case Kind::kList: return "a list";
    case Kind::kMap: return "a map";
  }
  return "";
}

Position place_in(const YamlNode& scalar, std::size_t offset) {
  if (!scalar.verbatim) return scalar.where;
  const std::string_view before = std::string_view(scalar.text).substr(0, offset);
  return {scalar.where.line,
          scalar.where.column + (scalar.quoted ? 1 : 0) + count_characters(before)};
}

std::optional<YamlNode> parse_yaml(std::string_view text, Mistakes& mistakes) {
  const SourceText source(text);
  if (const auto unreadable = source.first_unreadable()) {
    mistakes.add(unreadable->where, "{}", unreadable->text);
    return std::nullopt;
  }
  TreeBuilder builder(source, mistakes);
  try {
    std::istringstream stream{std::string(source.text())};
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const Unsupported& error) {
    mistakes.add(source.position(error.where.line, error.where.column), "{}", error.what());
    return std::nullopt;
  } catch (const YAML::Exception& error) {
    mistakes.add(source.position(error.mark.line, error.mark.column), "not valid YAML: {}{}",
                 error.msg,
                 source.indented_by_tab(error.mark.line) ? " (indent with blanks, not tabs)" : "");
    return std::nullopt;
  } catch (const std::exception& error) {
    mistakes.add({}, "not valid YAML: {}", error.what());
    return std::nullopt;
  }
  return builder.take_root();
}

}  // namespace voucher
