#include "api/json_body.h"

#include <simdjson.h>

#include <string>

namespace voucher {
namespace {

namespace ondemand = simdjson::ondemand;

constexpr BodyStatus kSound{};
constexpr BodyStatus kTooDeep{BodyFault::kTooDeep, "nested deeper than 4 levels"};
constexpr BodyStatus kBadLiteral{BodyFault::kInvalid, "a value is not JSON"};
constexpr BodyStatus kBadString{BodyFault::kInvalid, "a string has an invalid escape"};
constexpr BodyStatus kTrailing{BodyFault::kInvalid, "there is more after the end"};
constexpr BodyStatus kEmpty{BodyFault::kInvalid, "the body is empty"};
constexpr BodyStatus kNotUtf8{BodyFault::kInvalid, "not valid UTF-8"};
constexpr BodyStatus kUnclosedString{BodyFault::kInvalid, "a string is not closed"};
constexpr BodyStatus kControlCharacter{BodyFault::kInvalid, "a string has a control character"};
constexpr BodyStatus kBadStructure{BodyFault::kInvalid,
                                   "a comma, colon, bracket or value is missing or out of place"};

BodyStatus status_of(simdjson::error_code error) {
  switch (error) {
    case simdjson::SUCCESS: return kSound;
    case simdjson::EMPTY: return kEmpty;
    case simdjson::UTF8_ERROR: return kNotUtf8;
    case simdjson::UNCLOSED_STRING: return kUnclosedString;
    case simdjson::UNESCAPED_CHARS: return kControlCharacter;
    case simdjson::STRING_ERROR: return kBadString;
    default: return kBadStructure;
  }
}

constexpr bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

std::string_view without_trailing_blanks(std::string_view text) {
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::string_view without_blanks(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  return without_trailing_blanks(text);
}

std::size_t digits_at(std::string_view text, std::size_t from) {
  std::size_t at = from;
  while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
  return at - from;
}

/// RFC 8259, section 6. simdjson would refuse valid numbers that do not fit its types.
bool is_number(std::string_view text) {
  std::size_t at = text.starts_with('-') ? 1 : 0;
  const std::size_t whole = digits_at(text, at);
  if (whole == 0 || (whole > 1 && text[at] == '0')) return false;
  at += whole;
  if (at < text.size() && text[at] == '.') {
    const std::size_t fraction = digits_at(text, ++at);
    if (fraction == 0) return false;
    at += fraction;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    const std::size_t exponent = digits_at(text, at);
    if (exponent == 0) return false;
    at += exponent;
  }
  return at == text.size();
}

/// Whether a token is a literal or number; sets the kind.
bool read_plain(std::string_view token, JsonValue& value) {
  value.raw = token;
  if (token == "null") {
    value.kind = JsonKind::kNull;
  } else if (token == "true" || token == "false") {
    value.kind = JsonKind::kBoolean;
  } else {
    value.kind = JsonKind::kNumber;
    return is_number(token);
  }
  return true;
}

/// The array or object that begins at `start`. REQUIRES: it has been walked without a fault.
std::string_view container_at(const char* start) {
  int depth = 0;
  bool in_string = false;
  for (const char* at = start;; ++at) {
    if (in_string) {
      if (*at == '\\')
        ++at;
      else if (*at == '"')
        in_string = false;
    } else if (*at == '"') {
      in_string = true;
    } else if (*at == '{' || *at == '[') {
      ++depth;
    } else if ((*at == '}' || *at == ']') && --depth == 0) {
      return {start, at + 1};
    }
  }
}

/// The key of a field; zero-copy where it has no escapes.
simdjson::error_code key_of(ondemand::field& field, std::string_view& key) {
  const char* begin = field.key().raw();
  const char* end = field.value().raw_json_token().data();
  while (*--end != ':') {
  }
  while (*--end != '"') {
  }
  key = {begin, end};
  if (!key.contains('\\')) return simdjson::SUCCESS;
  return field.unescaped_key().get(key);
}

BodyStatus read_string(ondemand::value& value, std::string_view token, JsonValue& out) {
  out.kind = JsonKind::kString;
  out.raw = without_trailing_blanks(token);
  if (out.raw.contains('\\')) return status_of(value.get_string().get(out.text));
  // Skipping would take a string before a colon for a key: it is consumed here.
  ondemand::raw_json_string consumed;
  if (const auto error = value.get_raw_json_string().get(consumed)) return status_of(error);
  if (out.raw.size() < 2 || out.raw.back() != '"') return kBadStructure;
  out.text = out.raw.substr(1, out.raw.size() - 2);
  return kSound;
}

BodyStatus walk_object(ondemand::object object, int depth, ObjectVisitor* visitor);
BodyStatus walk_array(ondemand::array array, int depth);

/// Checks a value in a container of `depth`; fills `out`, an array's or object's `raw` as well.
BodyStatus walk_value(ondemand::value value, int depth, JsonValue& out) {
  const std::string_view token = value.raw_json_token();
  const char first = token.empty() ? '\0' : token.front();
  if (first == '"') return read_string(value, token, out);
  if (first != '{' && first != '[') {
    return read_plain(without_trailing_blanks(token), out) ? kSound : kBadLiteral;
  }
  if (depth == kMaxJsonDepth) return kTooDeep;
  BodyStatus status;
  if (first == '{') {
    ondemand::object object;
    if (const auto error = value.get_object().get(object)) return status_of(error);
    out.kind = JsonKind::kObject;
    status = walk_object(object, depth + 1, nullptr);
  } else {
    ondemand::array array;
    if (const auto error = value.get_array().get(array)) return status_of(error);
    out.kind = JsonKind::kArray;
    status = walk_array(array, depth + 1);
  }
  if (status.fault == BodyFault::kNone) out.raw = container_at(token.data());
  return status;
}

BodyStatus walk_object(ondemand::object object, int depth, ObjectVisitor* visitor) {
  for (auto entry : object) {
    ondemand::field field;
    if (const auto error = std::move(entry).get(field)) return status_of(error);
    std::string_view key;
    if (const auto error = key_of(field, key)) return status_of(error);
    JsonValue value;
    const BodyStatus status = walk_value(field.value(), depth, value);
    if (status.fault != BodyFault::kNone) return status;
    if (visitor != nullptr) visitor->member(key, value);
  }
  return kSound;
}

BodyStatus walk_array(ondemand::array array, int depth) {
  for (auto entry : array) {
    ondemand::value element;
    if (const auto error = std::move(entry).get(element)) return status_of(error);
    JsonValue value;
    const BodyStatus status = walk_value(element, depth, value);
    if (status.fault != BodyFault::kNone) return status;
  }
  return kSound;
}

/// The elements of the list, which stands in the root object.
BodyStatus walk_list(ondemand::array list, ListVisitor& visitor) {
  constexpr int kListDepth = 2;
  visitor.begin_list();
  for (auto entry : list) {
    ondemand::value element;
    if (const auto error = std::move(entry).get(element)) return status_of(error);
    ObjectVisitor& item = visitor.element();
    ondemand::object object;
    if (element.raw_json_token().starts_with('{')) {
      if (const auto error = element.get_object().get(object)) return status_of(error);
      item.begin();
      const BodyStatus status = walk_object(object, kListDepth + 1, &item);
      if (status.fault != BodyFault::kNone) return status;
      item.end();
      continue;
    }
    JsonValue value;
    const BodyStatus status = walk_value(element, kListDepth, value);
    if (status.fault != BodyFault::kNone) return status;
    item.no_object(value);
  }
  return kSound;
}

BodyStatus walk_root_with_list(ondemand::object object, std::string_view name,
                               ListVisitor& visitor) {
  for (auto entry : object) {
    ondemand::field field;
    if (const auto error = std::move(entry).get(field)) return status_of(error);
    std::string_view key;
    if (const auto error = key_of(field, key)) return status_of(error);
    BodyStatus status;
    if (key == name && field.value().raw_json_token().starts_with('[')) {
      ondemand::array list;
      if (const auto error = field.value().get_array().get(list)) return status_of(error);
      status = walk_list(list, visitor);
    } else {
      JsonValue value;
      status = walk_value(field.value(), 1, value);
      if (status.fault == BodyFault::kNone && key == name) visitor.no_list(value);
    }
    if (status.fault != BodyFault::kNone) return status;
  }
  return kSound;
}

/// A root that is no object.
BodyStatus read_other_root(ondemand::document& document, std::string_view body, JsonValue& out) {
  const std::string_view text = without_blanks(body);
  out.raw = text;
  if (text.starts_with('[')) {
    out.kind = JsonKind::kArray;
    ondemand::array array;
    if (const auto error = document.get_array().get(array)) return status_of(error);
    return walk_array(array, 1);
  }
  if (text.starts_with('"')) {
    out.kind = JsonKind::kString;
    return status_of(document.get_string().get(out.text));
  }
  return read_plain(text, out) ? kSound : kBadLiteral;
}

}  // namespace

struct JsonBodyReader::Parser {
  ondemand::parser simdjson;
  std::string padded;

  /// Reads the body: its object goes to `on_object`, anything else to `visitor.no_object`.
  template <class Visitor, class OnObject>
  BodyStatus read(std::string_view body, std::size_t padding, Visitor& visitor,
                  const OnObject& on_object) {
    if (padding < ::simdjson::SIMDJSON_PADDING) {
      padded.assign(body);
      padded.append(::simdjson::SIMDJSON_PADDING, ' ');
      body = std::string_view(padded).substr(0, body.size());
    }
    ondemand::document document;
    const std::size_t readable = body.size() + ::simdjson::SIMDJSON_PADDING;
    if (const auto error = simdjson.iterate(body, readable).get(document)) return status_of(error);
    const bool is_object = without_blanks(body).starts_with('{');
    JsonValue other;
    BodyStatus status;
    if (is_object) {
      ondemand::object object;
      if (const auto error = document.get_object().get(object)) return status_of(error);
      status = on_object(object);
    } else {
      status = read_other_root(document, body, other);
    }
    if (status.fault != BodyFault::kNone) return status;
    const bool plain = other.kind == JsonKind::kNumber || other.kind == JsonKind::kBoolean ||
                       other.kind == JsonKind::kNull;
    if ((is_object || !plain) && document.current_location().error() != ::simdjson::OUT_OF_BOUNDS)
      return kTrailing;
    if (!is_object) visitor.no_object(other);
    return kSound;
  }
};

JsonBodyReader::JsonBodyReader() : parser_(std::make_unique<Parser>()) {}
JsonBodyReader::~JsonBodyReader() = default;

BodyStatus JsonBodyReader::read_object(std::string_view body, std::size_t padding,
                                       ObjectVisitor& visitor) {
  return parser_->read(body, padding, visitor, [&](const ondemand::object& object) {
    visitor.begin();
    const BodyStatus status = walk_object(object, 1, &visitor);
    if (status.fault == BodyFault::kNone) visitor.end();
    return status;
  });
}

BodyStatus JsonBodyReader::read_list(std::string_view body, std::size_t padding,
                                     std::string_view name, ListVisitor& visitor) {
  return parser_->read(body, padding, visitor, [&](const ondemand::object& object) {
    return walk_root_with_list(object, name, visitor);
  });
}

}  // namespace voucher
