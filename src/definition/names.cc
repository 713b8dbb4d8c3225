#include "definition/names.h"

#include <algorithm>
#include <array>

namespace voucher {
namespace {

constexpr std::size_t kLongestName = 63;  // PostgreSQL cuts longer ones without a word
constexpr std::size_t kLongestDagId = 250;

constexpr bool is_lower(char c) {
  return (c >= 'a' && c <= 'z') || c == '_';
}
constexpr bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
constexpr char to_lower(char c) {
  return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_name(std::string_view name, bool capitals) {
  if (name.empty() || name.size() > kLongestName || is_digit(name.front())) return false;
  return std::ranges::all_of(
      name, [capitals](char c) { return is_lower(c) || is_digit(c) || (capitals && is_upper(c)); });
}

struct Taken {
  std::string_view name;
  std::string_view by;
};

constexpr std::array kTakenFromColumns{
    Taken{"source_file", "the file a row comes from"},
    Taken{"source_row", "the row's number in its file"},
    Taken{"reason", "the reason of a rejected row"},
    Taken{"reasons", "all reasons of a rejected row"},
    Taken{"segment_name", "the request's field for the variant"},
    Taken{"as_of", "the request's field for the instant"},
};

constexpr std::array kTakenFromShownNames{
    Taken{"support", "a column of the views"},
    Taken{"total", "a column of the views"},
    Taken{"share", "a column of the views"},
    Taken{"tie", "a column of the views"},
    Taken{"runner_up", "a field of every answer"},
    Taken{"runner_up_amount", "a column of the views"},
    Taken{"runner_up_support", "a column of the views"},
    Taken{"decision_id", "a field of every answer"},
    Taken{"segment", "a field of every answer"},
    Taken{"segment_name", "a field of every answer"},
    Taken{"reason", "a field of every answer"},
    Taken{"evidence", "a field of every answer"},
    Taken{"as_of", "a field of every answer"},
    Taken{"valid_until", "a field of every answer"},
    Taken{"next_segment", "a field of every answer"},
    Taken{"version", "a field of every answer"},
    Taken{"snapshot", "a field of every answer"},
};

std::optional<std::string> find_taken(std::string_view name, const auto& table) {
  for (const Taken& taken : table) {
    if (same_name(name, taken.name)) return std::string(taken.by);
  }
  return std::nullopt;
}

}  // namespace

bool is_identifier(std::string_view name) {
  return is_name(name, false);
}

bool is_column_name(std::string_view name) {
  return is_name(name, true);
}

bool is_dag_id(std::string_view name) {
  return !name.empty() && name.size() <= kLongestDagId && std::ranges::all_of(name, [](char c) {
    return is_lower(c) || is_upper(c) || is_digit(c) || c == '-' || c == '.';
  });
}

bool same_name(std::string_view left, std::string_view right) {
  return std::ranges::equal(left, right, {}, to_lower, to_lower);
}

std::optional<std::string> column_clash(std::string_view name) {
  return find_taken(name, kTakenFromColumns);
}

std::optional<std::string> shown_name_clash(std::string_view name) {
  return find_taken(name, kTakenFromShownNames);
}

std::optional<std::string> schema_clash(std::string_view name) {
  if (name.starts_with("pg_") || name == "information_schema") return "a schema of the database";
  return std::nullopt;
}

}  // namespace voucher
