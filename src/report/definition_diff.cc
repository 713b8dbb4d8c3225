#include "report/definition_diff.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>

namespace voucher {
namespace {

using Texts = std::vector<std::string>;

std::string literal_text(const Literal& literal) {
  if (const auto* number = std::get_if<std::int64_t>(&literal)) return std::to_string(*number);
  if (const auto* instant = std::get_if<Timestamp>(&literal)) return format_iso(*instant);
  std::string text = "\"";
  for (const char c : std::get<std::string>(literal)) {
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  return text + '"';
}

const std::string& name_of(const Dataset& dataset, ColumnIndex column) {
  return dataset.source.columns[column].name;
}

std::string condition_text(const Dataset& dataset, const Rule& rule) {
  if (const auto* membership = std::get_if<Membership>(&rule.condition)) {
    Texts values;
    for (const Literal& value : membership->values) values.push_back(literal_text(value));
    return fmt::format("{} in [{}]", name_of(dataset, membership->column), fmt::join(values, ", "));
  }
  const auto& comparison = std::get<ColumnComparison>(rule.condition);
  const auto* other = std::get_if<ColumnIndex>(&comparison.right);
  return fmt::format("{} {} {}", name_of(dataset, comparison.left),
                     to_string(comparison.comparison),
                     other != nullptr ? name_of(dataset, *other)
                                      : literal_text(std::get<Literal>(comparison.right)));
}

std::string value_text(const Dataset& dataset, const Variant& variant) {
  if (const auto* days = std::get_if<DaysBetween>(&variant.value))
    return fmt::format("days_between({}, {})", name_of(dataset, days->column),
                       name_of(dataset, days->clock));
  return name_of(dataset, value_column(variant));
}

std::string segment_text(const Segment& segment) {
  return fmt::format("{} ({})", segment.label, to_string(segment.range));
}

std::string column_text(const Column& column) {
  return fmt::format("{}{}", to_string(column.type), column.nullable ? ", nullable" : "");
}

/// Names that both lists hold, in the one order and in the other: whether they differ.
bool reordered(const Texts& before, const Texts& after) {
  const auto kept_in = [](const Texts& names, const Texts& others) {
    Texts kept;
    std::ranges::copy_if(names, std::back_inserter(kept), [&](const std::string& name) {
      return std::ranges::find(others, name) != others.end();
    });
    return kept;
  };
  return kept_in(before, after) != kept_in(after, before);
}

template <class Range, class Name>
Texts names_in(const Range& range, Name name) {
  Texts names;
  for (const auto& item : range) names.push_back(std::invoke(name, item));
  return names;
}

class Diff {
 public:
  Diff(const Dataset& before, const Dataset& after) : before_(before), after_(after) {}

  std::vector<DefinitionChange> changes() {
    compare_source();
    compare_clean();
    compare_variants();
    compare_decision();
    return std::move(changes_);
  }

 private:
  void add(std::string section, std::string subject, ChangeKind kind, std::string text) {
    changes_.push_back({std::move(section), std::move(subject), kind, std::move(text)});
  }

  void compare_values(const std::string& section, const std::string& subject,
                      const std::string& before, const std::string& after) {
    if (before == after) return;
    add(section, subject, ChangeKind::kChanged,
        fmt::format("{} is {}, was {}", subject, after, before));
  }

  void compare_order(const std::string& section, const std::string& subject, const Texts& before,
                     const Texts& after) {
    if (!reordered(before, after)) return;
    add(section, subject, ChangeKind::kChanged,
        fmt::format("{} come in another order: {}", subject, fmt::join(after, ", ")));
  }

  void compare_source() {
    const auto& before = before_.source.columns;
    const auto& after = after_.source.columns;
    compare_values("source", "format", std::string(to_string(before_.source.format)),
                   std::string(to_string(after_.source.format)));
    for (const Column& column : before) {
      const auto other = std::ranges::find(after, column.name, &Column::name);
      if (other == after.end()) {
        add("source", column.name, ChangeKind::kRemoved,
            fmt::format("column {} is removed", column.name));
      } else if (!(*other == column)) {
        add("source", column.name, ChangeKind::kChanged,
            fmt::format("column {} is {}, was {}", column.name, column_text(*other),
                        column_text(column)));
      }
    }
    for (const Column& column : after) {
      if (std::ranges::find(before, column.name, &Column::name) != before.end()) continue;
      add("source", column.name, ChangeKind::kAdded,
          fmt::format("column {} is added ({})", column.name, column_text(column)));
    }
    compare_order("source", "columns", names_in(before, &Column::name),
                  names_in(after, &Column::name));
  }

  void compare_clean() {
    const auto& before = before_.clean.rules;
    const auto& after = after_.clean.rules;
    for (const Rule& rule : before) {
      const auto other = std::ranges::find(after, rule.id, &Rule::id);
      const std::string condition = condition_text(before_, rule);
      if (other == after.end()) {
        add("clean", rule.id, ChangeKind::kRemoved,
            fmt::format("rule {} is removed ({})", rule.id, condition));
      } else if (const std::string now = condition_text(after_, *other); now != condition) {
        add("clean", rule.id, ChangeKind::kChanged,
            fmt::format("rule {} requires {}, required {}", rule.id, now, condition));
      }
    }
    for (const Rule& rule : after) {
      if (std::ranges::find(before, rule.id, &Rule::id) != before.end()) continue;
      add("clean", rule.id, ChangeKind::kAdded,
          fmt::format("rule {} is added: {}", rule.id, condition_text(after_, rule)));
    }
    compare_order("clean", "rules", names_in(before, &Rule::id), names_in(after, &Rule::id));
    const auto word = [](const Dataset& dataset) {
      return dataset.clean.deduplicate == Deduplicate::kNone ? "none" : "all_columns";
    };
    compare_values("clean", "deduplicate", word(before_), word(after_));
  }

  void compare_variants() {
    for (const Variant& variant : before_.variants) {
      if (const auto other = after_.find_variant(variant.name)) {
        compare_variant(variant, after_.variants[*other]);
      } else {
        add("variants", variant.name, ChangeKind::kRemoved,
            fmt::format("variant {} is removed", variant.name));
      }
    }
    for (const Variant& variant : after_.variants) {
      if (before_.find_variant(variant.name)) continue;
      const auto labels = names_in(variant.segments, segment_text);
      add("variants", variant.name, ChangeKind::kAdded,
          fmt::format("variant {} of {} is added{}: {}", variant.name, value_text(after_, variant),
                      like_removed(variant), fmt::join(labels, ", ")));
    }
    compare_order("variants", "variants", names_in(before_.variants, &Variant::name),
                  names_in(after_.variants, &Variant::name));
  }

  /// A renamed variant is one that goes and one that comes: nothing but its segments tells.
  [[nodiscard]] std::string like_removed(const Variant& added) const {
    for (const Variant& variant : before_.variants) {
      if (!after_.find_variant(variant.name) && variant.segments == added.segments &&
          value_text(before_, variant) == value_text(after_, added))
        return fmt::format(", as {} was", variant.name);
    }
    return "";
  }

  void compare_variant(const Variant& before, const Variant& after) {
    const std::string old_value = value_text(before_, before);
    const std::string value = value_text(after_, after);
    if (old_value != value) change(after, fmt::format("value is {}, was {}", value, old_value));
    compare_segments(before, after);
    const auto text = [](const Range& range) { return to_string(range); };
    const Texts old_gaps = names_in(before.allow_gaps, text);
    const Texts gaps = names_in(after.allow_gaps, text);
    if (old_gaps != gaps)
      change(after, fmt::format("allow_gaps is [{}], was [{}]", fmt::join(gaps, ", "),
                                fmt::join(old_gaps, ", ")));
  }

  void change(const Variant& variant, std::string_view text) {
    add("variants", variant.name, ChangeKind::kChanged, fmt::format("{}: {}", variant.name, text));
  }

  void compare_segments(const Variant& before, const Variant& after) {
    std::vector<Segment> gone;
    std::vector<Segment> come;
    for (const SegmentPair& pair : pair_segments(before_, before, after_, after)) {
      if (!pair.after) {
        gone.push_back(before.segments[*pair.before]);
      } else if (!pair.before) {
        come.push_back(after.segments[*pair.after]);
      } else {
        compare_pair(after, before.segments[*pair.before], after.segments[*pair.after]);
      }
    }
    note_joined(after, gone, come, "segments {} are merged into {}");
    note_joined(after, come, gone, "segments {} are split from {}");
    for (const Segment& segment : gone)
      change(after, fmt::format("segment {} is removed", segment_text(segment)));
    for (const Segment& segment : come)
      change(after, fmt::format("segment {} is added", segment_text(segment)));
    if (reordered(names_in(before.segments, &Segment::label),
                  names_in(after.segments, &Segment::label)))
      change(after, fmt::format("segments come in another order: {}",
                                fmt::join(names_in(after.segments, &Segment::label), ", ")));
  }

  void compare_pair(const Variant& variant, const Segment& before, const Segment& after) {
    if (before.label != after.label)
      change(variant, fmt::format("segment {} is renamed to {}", before.label, after.label));
    if (before.range != after.range)
      change(variant, fmt::format("segment {} is {}, was {}", after.label, to_string(after.range),
                                  to_string(before.range)));
  }

  /// Takes segments out of both lists where several of `parts` make up exactly one of `wholes`.
  /// Both are sorted by where they begin.
  void note_joined(const Variant& variant, std::vector<Segment>& parts,
                   std::vector<Segment>& wholes, std::string_view text) {
    std::erase_if(wholes, [&](const Segment& whole) {
      std::vector<Segment> inside;
      std::ranges::copy_if(parts, std::back_inserter(inside),
                           [&](const Segment& part) { return covers(whole.range, part.range); });
      if (inside.size() < 2 || inside.front().range.from != whole.range.from ||
          inside.back().range.to != whole.range.to || !follow_each_other(inside))
        return false;
      const Texts labels = names_in(inside, &Segment::label);
      const std::string list = fmt::format(
          "{} and {}", fmt::join(labels.begin(), labels.end() - 1, ", "), labels.back());
      change(variant, fmt::format(fmt::runtime(text), list, segment_text(whole)));
      std::erase_if(parts, [&](const Segment& part) {
        return std::ranges::find(labels, part.label) != labels.end();
      });
      return true;
    });
  }

  [[nodiscard]] static bool covers(const Range& whole, const Range& part) {
    return (!whole.from || (part.from && *whole.from <= *part.from)) &&
           (!whole.to || (part.to && *part.to <= *whole.to));
  }

  [[nodiscard]] static bool follow_each_other(const std::vector<Segment>& segments) {
    return std::ranges::adjacent_find(segments, [](const Segment& one, const Segment& next) {
             return !one.range.to || !next.range.from || *one.range.to != *next.range.from - 1;
           }) == segments.end();
  }

  void compare_decision() {
    const DecisionPolicy& before = before_.decision;
    const DecisionPolicy& after = after_.decision;
    compare_values("decision", "subject", before.subject.name, after.subject.name);
    compare_values("decision", "subject type", std::string(to_string(before.subject.type)),
                   std::string(to_string(after.subject.type)));
    compare_values("decision", "amount", name_of(before_, before.amount),
                   name_of(after_, after.amount));
    compare_values("decision", "group_by", name_of(before_, before.group_by),
                   name_of(after_, after.group_by));
    compare_values("decision", "min_support", std::to_string(before.choose.min_support),
                   std::to_string(after.choose.min_support));
    compare_values("decision", "fallback", before.fallback_to_group ? "[group]" : "[]",
                   after.fallback_to_group ? "[group]" : "[]");
  }

  const Dataset& before_;
  const Dataset& after_;
  std::vector<DefinitionChange> changes_;
};

}  // namespace

std::string_view to_string(ChangeKind kind) {
  switch (kind) {
    case ChangeKind::kAdded: return "added";
    case ChangeKind::kRemoved: return "removed";
    case ChangeKind::kChanged: return "changed";
  }
  return "";
}

std::vector<DefinitionChange> diff_definitions(const Dataset& before, const Dataset& after) {
  return Diff(before, after).changes();
}

}  // namespace voucher
