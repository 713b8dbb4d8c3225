#include "definition/names.h"
#include "definition/sections.h"

namespace voucher {
namespace {

const std::vector<std::string> kSubjectTypes{"integer", "string"};
const std::vector<std::string> kChooseBy{"most_used"};
const std::vector<std::string> kTie{"lowest_amount"};
const std::vector<std::string> kFallback{"group"};

void check_subject_name(const NamedNode& named, const ColumnTable& columns, Mistakes& mistakes) {
  const std::string& name = named.node->text;
  const Position where = named.node->where;
  auto clash = shown_name_clash(name);
  if (!clash) clash = column_clash(name);
  if (!is_column_name(name)) {
    mistakes.add(where,
                 "'{}' is no subject name: letters, digits and underscores, no digit first, at "
                 "most 63",
                 name);
  } else if (clash) {
    mistakes.add(where, "subject name '{}' is taken by {}", name, *clash);
  } else if (columns.find_any_case(name)) {
    mistakes.add(
        where, "subject '{}' is a column of the source; a subject is no part of the history", name);
  }
}

Subject read_subject(const NamedNode& named, const ColumnTable& columns, Mistakes& mistakes) {
  Subject subject;
  const MapReader reader(named, {"name", "type"}, mistakes);
  const auto name = reader.require("name");
  if (auto text = name ? read_text(*name, mistakes) : std::nullopt) {
    check_subject_name(*name, columns, mistakes);
    subject.name = *std::move(text);
  }
  if (const auto type = reader.find("type")) {
    if (read_word(*type, kSubjectTypes, mistakes) == std::size_t{1}) {
      subject.type = ColumnType::kString;
    }
  }
  return subject;
}

/// A column that views and answers show under its own name.
std::optional<ColumnIndex> read_shown_column(const NamedNode& named, ColumnType type,
                                             const ColumnTable& columns, Mistakes& mistakes) {
  const auto name = read_text(named, mistakes);
  if (!name) return std::nullopt;
  const Position where = named.node->where;
  const auto column =
      columns.resolve_typed(*name, type, fmt::format("'{}'", named.name), where, mistakes);
  if (!column || column_clash(*name)) return column;
  if (const auto clash = shown_name_clash(*name)) {
    mistakes.add(where, "'{}' cannot be '{}': that name is taken by {}", named.name, *name, *clash);
  }
  return column;
}

ChoicePolicy read_choose(const NamedNode& named, Mistakes& mistakes) {
  ChoicePolicy policy;
  const MapReader reader(named, {"by", "ignore_null", "tie", "min_support"}, mistakes);
  if (const auto by = reader.find("by")) std::ignore = read_word(*by, kChooseBy, mistakes);
  if (const auto tie = reader.find("tie")) std::ignore = read_word(*tie, kTie, mistakes);
  if (const auto ignore_null = reader.find("ignore_null")) {
    if (read_boolean(*ignore_null, mistakes) == false) {
      mistakes.add(ignore_null->node->where,
                   "'ignore_null' can only be true: a missing amount is never a choice");
    }
  }
  if (const auto support = reader.find("min_support")) {
    const auto value = read_integer(*support, mistakes);
    if (value && *value < 1) {
      mistakes.add(support->node->where, "'min_support' must be at least 1, not {}", *value);
    } else if (value) {
      policy.min_support = *value;
    }
  }
  return policy;
}

bool read_fallback(const NamedNode& named, Mistakes& mistakes) {
  const auto* levels = read_list(named, mistakes);
  if (levels == nullptr) return true;
  for (std::size_t i = 0; i < levels->size(); ++i) {
    const YamlNode& level = (*levels)[i];
    if (read_word({"fallback", &level}, kFallback, mistakes) && i > 0) {
      mistakes.add(level.where, "'{}' is listed twice", level.text);
    }
  }
  return !levels->empty();
}

}  // namespace

DecisionSection read_decision(const NamedNode& named, const ColumnTable& columns,
                              Mistakes& mistakes) {
  DecisionSection section;
  const MapReader reader(named, {"subject", "amount", "group_by", "choose", "fallback"}, mistakes);
  if (const auto subject = reader.require("subject")) {
    section.policy.subject = read_subject(*subject, columns, mistakes);
  }
  if (const auto amount = reader.require("amount")) {
    section.amount = read_shown_column(*amount, ColumnType::kInteger, columns, mistakes);
    section.policy.amount = section.amount.value_or(0);
  }
  if (const auto group = reader.require("group_by")) {
    const auto column = read_shown_column(*group, ColumnType::kString, columns, mistakes);
    if (column && columns.at(*column).nullable) {
      mistakes.add(group->node->where, "'group_by' must be a column that is not nullable; '{}' is",
                   columns.at(*column).name);
    }
    section.policy.group_by = column.value_or(0);
  }
  if (const auto choose = reader.find("choose")) {
    section.policy.choose = read_choose(*choose, mistakes);
  }
  if (const auto fallback = reader.find("fallback")) {
    section.policy.fallback_to_group = read_fallback(*fallback, mistakes);
  }
  return section;
}

}  // namespace voucher
