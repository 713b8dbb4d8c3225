#include "sql/quote.h"

namespace voucher::sql {
namespace {

std::string wrap(std::string_view text, char quote) {
  std::string quoted(1, quote);
  for (const char character : text) {
    if (character == quote) quoted += quote;
    quoted += character;
  }
  quoted += quote;
  return quoted;
}

}  // namespace

std::string quote_identifier(std::string_view name) {
  return wrap(name, '"');
}

std::string quote_if_needed(std::string_view name) {
  const bool plain =
      !name.empty() && (name.front() < '0' || name.front() > '9') &&
      name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string_view::npos;
  return plain ? std::string(name) : quote_identifier(name);
}

std::string quote_literal(std::string_view text) {
  return wrap(text, '\'');
}

std::string timestamp_literal(Timestamp instant) {
  std::string iso = format_iso(instant);
  iso.pop_back();  // the Z: a TIMESTAMP literal has no zone
  iso[iso.find('T')] = ' ';
  return "TIMESTAMP " + wrap(iso, '\'');
}

}  // namespace voucher::sql
