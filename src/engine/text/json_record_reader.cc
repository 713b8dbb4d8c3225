#include <simdjson.h>

#include <algorithm>
#include <charconv>

#include "decision/parse.h"
#include "engine/text/record_reader.h"

namespace voucher::text {
namespace {

namespace ondemand = simdjson::ondemand;

bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

std::string_view trim_end(std::string_view token) {
  const std::size_t last = token.find_last_not_of(" \t\r\n");
  return last == std::string_view::npos ? std::string_view() : token.substr(0, last + 1);
}

std::string_view take_digits(std::string_view& text) {
  const std::size_t count = std::min(text.find_first_not_of("0123456789"), text.size());
  const std::string_view digits = text.substr(0, count);
  text.remove_prefix(count);
  return digits;
}

/// Whether a token is a number by the grammar of RFC 8259.
bool is_number(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const std::string_view whole = take_digits(text);
  if (whole.empty() || (whole.size() > 1 && whole.front() == '0')) return false;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    if (take_digits(text).empty()) return false;
  }
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
    if (take_digits(text).empty()) return false;
  }
  return text.empty();
}

std::string_view name_of(ondemand::json_type type) {
  switch (type) {
    case ondemand::json_type::array: return "an array";
    case ondemand::json_type::object: return "an object";
    case ondemand::json_type::number: return "a number";
    case ondemand::json_type::string: return "a string";
    case ondemand::json_type::boolean: return "a boolean";
    default: return "unknown";
  }
}

class JsonRecordReader final : public RecordReader {
 public:
  explicit JsonRecordReader(const std::vector<Column>& columns)
      : columns_(columns), seen_(columns.size()) {}

  void begin(const IndexedFile& file, const Block& block, std::string_view bytes) override {
    file_ = &file;
    rest_ = bytes;
    next_line_ = block.first_line;
  }

  [[nodiscard]] Result<bool> next(std::vector<RawValue>& values) override {
    while (!rest_.empty()) {
      line_ = next_line_++;
      const std::size_t end = std::min(rest_.find('\n'), rest_.size());
      const std::string_view record = rest_.substr(0, end);
      // The parser may look beyond its text: what follows is the rest of the block and its padding.
      const std::size_t readable = rest_.size() + BlockBytes::kPadding;
      rest_.remove_prefix(std::min(end + 1, rest_.size()));
      if (is_blank(record)) continue;
      TRY(parse(record, readable, values));
      return true;
    }
    return false;
  }

  [[nodiscard]] const std::set<std::string, std::less<>>& unknown_keys() const override {
    return unknown_;
  }

 private:
  template <class... Values>
  [[nodiscard]] std::unexpected<Error> refuse(fmt::format_string<Values...> text,
                                              Values&&... values) const {
    return fail(ErrorKind::kRefused, "{}, line {}: {}", file_->path.string(), line_,
                fmt::format(text, std::forward<Values>(values)...));
  }

  [[nodiscard]] Result<> parse(std::string_view record, std::size_t readable,
                               std::vector<RawValue>& values) {
    std::ranges::fill(values, RawValue{});
    seen_.assign(columns_.size(), false);
    ondemand::document document;
    ondemand::object object;
    const simdjson::padded_string_view padded(record.data(), record.size(), readable);
    if (parser_.iterate(padded).get(document) != simdjson::SUCCESS ||
        document.get_object().get(object) != simdjson::SUCCESS) {
      return refuse("not a JSON object");
    }
    for (auto field : object) {
      std::string_view key;
      ondemand::value value;
      if (field.unescaped_key().get(key) != simdjson::SUCCESS ||
          std::move(field).value().get(value) != simdjson::SUCCESS) {
        return refuse("not a JSON object");
      }
      TRY(take_field(key, value, values));
    }
    const char* after = nullptr;
    if (document.current_location().get(after) == simdjson::SUCCESS) {
      return refuse("text after the JSON object");
    }
    return {};
  }

  [[nodiscard]] Result<> take_field(std::string_view key, ondemand::value value,
                                    std::vector<RawValue>& values) {
    const auto found = std::ranges::find(columns_, key, &Column::name);
    if (found == columns_.end()) {
      if (!unknown_.contains(key)) unknown_.emplace(key);
      return {};
    }
    const auto column = static_cast<std::size_t>(found - columns_.begin());
    if (seen_[column]) return refuse("the key '{}' appears twice", key);
    seen_[column] = true;
    return take_value(*found, value, values[column]);
  }

  [[nodiscard]] Result<> take_value(const Column& column, ondemand::value value, RawValue& raw) {
    ondemand::json_type type{};
    if (value.type().get(type) != simdjson::SUCCESS) return refuse("not a JSON object");
    if (type == ondemand::json_type::null) {
      bool null = false;
      if (value.is_null().get(null) != simdjson::SUCCESS || !null) {
        return refuse("not a JSON object");
      }
      return {};
    }
    if (type == ondemand::json_type::string) {
      raw.null = false;
      if (value.get_string().get(raw.text) == simdjson::SUCCESS) return {};
      return refuse("'{}' is no valid string", column.name);
    }
    if (type == ondemand::json_type::number && column.type == ColumnType::kInteger) {
      const std::string_view token = trim_end(value.raw_json_token());
      if (!is_number(token)) return refuse("not a JSON object");
      raw.null = false;
      raw.text = token;
      if (!parse_integer(token)) raw.number = to_double(token);
      return {};
    }
    return refuse("'{}' is {}; the definition says {}", column.name, name_of(type),
                  to_string(column.type));
  }

  static double to_double(std::string_view token) {
    double number = 0;
    const auto [end, failure] = std::from_chars(token.data(), token.data() + token.size(), number);
    // Out of range is malformed anyway, and so is what cannot be told from a whole number.
    return failure == std::errc() ? number : 0.5;
  }

  const std::vector<Column>& columns_;
  const IndexedFile* file_ = nullptr;
  std::string_view rest_;
  std::int64_t next_line_ = 1;
  std::int64_t line_ = 1;
  ondemand::parser parser_;
  std::vector<bool> seen_;
  std::set<std::string, std::less<>> unknown_;
};

}  // namespace

std::unique_ptr<RecordReader> make_json_record_reader(const std::vector<Column>& columns) {
  return std::make_unique<JsonRecordReader>(columns);
}

}  // namespace voucher::text
