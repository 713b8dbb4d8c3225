#include <algorithm>

#include "decision/parse.h"
#include "definition/expression.h"
#include "definition/names.h"
#include "definition/sections.h"

namespace voucher {
namespace {

class VariantReader {
 public:
  VariantReader(const YamlEntry& entry, const ColumnTable& columns, Mistakes& mistakes)
      : columns_(columns), mistakes_(mistakes), entry_(entry) {}

  VariantSection read() {
    section_.variant.name = entry_.key.text;
    section_.where = entry_.key.where;
    check_name();
    const MapReader reader({entry_.key.text, &entry_.value},
                           {"value", "clock", "segments", "allow_gaps"}, mistakes_);
    section_.complete = reader.is_map();
    read_value(reader);
    if (const auto segments = reader.require("segments"))
      read_segments(*segments);
    else
      section_.complete = false;
    if (const auto gaps = reader.find("allow_gaps")) read_gaps(*gaps);
    return std::move(section_);
  }

 private:
  void check_name() {
    const std::string& name = section_.variant.name;
    auto clash = column_clash(name);
    if (!clash) clash = shown_name_clash(name);
    if (clash) {
      mistakes_.add(section_.where, "variant name '{}' is taken by {}", name, *clash);
    } else if (columns_.find_any_case(name)) {
      mistakes_.add(section_.where,
                    "variant '{}' has the name of a column; both are columns of the table", name);
    } else {
      check_identifier(name, "variant", section_.where, mistakes_);
    }
  }

  void read_value(const MapReader& reader) {
    const auto named = reader.require("value");
    const auto value = named && read_text(*named, mistakes_)
                           ? parse_value(*named->node, columns_, mistakes_)
                           : std::nullopt;
    if (!value) {
      if (const auto clock = reader.find("clock")) std::ignore = read_clock(*clock);
      return;
    }
    section_.value_where = value->column_where;
    if (!value->uses_clock) {
      if (const auto clock = reader.find("clock")) {
        mistakes_.add(clock->node->where, "'clock' belongs to days_between only; remove it");
      }
      section_.variant.value = ColumnValue{value->column.value_or(0)};
      section_.has_value = value->column.has_value();
      return;
    }
    const auto named_clock = reader.require("clock");
    const auto clock = named_clock ? read_clock(*named_clock) : std::nullopt;
    if (!clock || !value->column) return;
    if (*clock == *value->column) {
      mistakes_.add(section_.value_where, "'{}' is the clock itself: the days are always 0",
                    columns_.at(*clock).name);
      return;
    }
    section_.variant.value = DaysBetween{*value->column, *clock};
    section_.has_value = true;
  }

  std::optional<ColumnIndex> read_clock(const NamedNode& named) {
    section_.clock_where = named.node->where;
    const auto name = read_text(named, mistakes_);
    if (!name) return std::nullopt;
    const auto column = columns_.resolve_typed(*name, ColumnType::kTimestamp, "'clock'",
                                               named.node->where, mistakes_);
    if (column && columns_.at(*column).nullable) {
      mistakes_.add(named.node->where, "'clock' must be a column that is not nullable; '{}' is",
                    *name);
    }
    return column;
  }

  void read_segments(const NamedNode& named) {
    const auto* nodes = read_list(named, mistakes_);
    if (nodes == nullptr) {
      section_.complete = false;
      return;
    }
    if (nodes->empty()) {
      mistakes_.add(named.node->where, "'segments' holds no segment");
      section_.complete = false;
    }
    for (const YamlNode& node : *nodes) read_segment(node);
  }

  void read_segment(const YamlNode& node) {
    const std::size_t before = mistakes_.size();
    const MapReader reader({"segment", &node}, {"label", "from", "to"}, mistakes_);
    Segment segment;
    if (const auto label = reader.require("label")) segment.label = read_label(*label);
    if (const auto from = reader.find("from")) segment.range.from = read_integer(*from, mistakes_);
    if (const auto to = reader.find("to")) segment.range.to = read_integer(*to, mistakes_);
    if (!reader.is_map() || mistakes_.size() > before)
      section_.complete = false;
    else
      add_segment(std::move(segment), node.where);
  }

  void add_segment(Segment segment, Position where) {
    section_.variant.segments.push_back(std::move(segment));
    section_.segment_places.push_back(where);
  }

  std::string read_label(const NamedNode& named) {
    const auto label = read_text(named, mistakes_);
    if (!label) return "";
    const Position where = named.node->where;
    if (label->front() == ' ' || label->back() == ' ') {
      mistakes_.add(where, "label '{}' begins or ends with a blank", *label);
    } else if (label->find_first_of("\n\r\t") != std::string::npos) {
      mistakes_.add(where, "a label is one line without tabs");
    } else if (*label == "unsegmented") {
      mistakes_.add(where, "label 'unsegmented' is taken by rows that are in no segment");
    } else if (std::ranges::find(labels_, *label) != labels_.end()) {
      mistakes_.add(where, "two segments have the label '{}'", *label);
    }
    labels_.push_back(*label);
    return *label;
  }

  void read_gaps(const NamedNode& named) {
    const auto* nodes = read_list(named, mistakes_);
    if (nodes == nullptr) section_.complete = false;
    for (const YamlNode& node : nodes == nullptr ? std::vector<YamlNode>{} : *nodes) {
      const auto gap = read_gap(node);
      if (!gap) {
        section_.complete = false;
        continue;
      }
      section_.variant.allow_gaps.push_back(*gap);
      section_.gap_places.push_back(node.where);
    }
  }

  std::optional<Range> read_gap(const YamlNode& node) {
    const auto text = read_text({"allow_gaps", &node}, mistakes_);
    if (!text) return std::nullopt;
    const std::size_t dots = text->find("..");
    Range range;
    bool valid = dots != std::string::npos && *text != "..";
    if (valid && dots > 0) {
      range.from = parse_integer(std::string_view(*text).substr(0, dots));
      valid = range.from.has_value();
    }
    if (valid && dots + 2 < text->size()) {
      range.to = parse_integer(std::string_view(*text).substr(dots + 2));
      valid = range.to.has_value();
    }
    if (valid) return range;
    mistakes_.add(node.where, "'{}' is no gap: write \"5..13\", \"38..\" or \"..29\"", *text);
    return std::nullopt;
  }

  const ColumnTable& columns_;
  Mistakes& mistakes_;
  const YamlEntry& entry_;
  VariantSection section_;
  std::vector<std::string> labels_;
};

/// The clock is no field of a request, so no other variant can count days from it.
void check_clocks(const std::vector<VariantSection>& sections, const ColumnTable& columns,
                  Mistakes& mistakes) {
  for (const VariantSection& user : sections) {
    for (const VariantSection& owner : sections) {
      const auto* days = std::get_if<DaysBetween>(&owner.variant.value);
      if (days == nullptr || !user.has_value || !owner.has_value) continue;
      if (value_column(user.variant) != days->clock) continue;
      mistakes.add(user.value_where, "'{}' is the clock of '{}', which no request carries",
                   columns.at(days->clock).name, owner.variant.name);
      break;
    }
  }
}

}  // namespace

std::vector<VariantSection> read_variants(const NamedNode& named, const ColumnTable& columns,
                                          Mistakes& mistakes) {
  std::vector<VariantSection> sections;
  const auto* entries = read_map(named, mistakes);
  if (entries == nullptr) return sections;
  if (entries->empty()) mistakes.add(named.node->where, "'variants' holds no variant");
  for (const YamlEntry& entry : *entries) {
    sections.push_back(VariantReader(entry, columns, mistakes).read());
  }
  check_clocks(sections, columns, mistakes);
  return sections;
}

}  // namespace voucher
