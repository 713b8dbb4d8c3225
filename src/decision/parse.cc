#include "decision/parse.h"

#include <charconv>
#include <cmath>

namespace voucher {
namespace {

constexpr bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

/// Reads fixed forms from the front of a text; every step says whether the text had that form.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool at_end() const { return rest_.empty(); }

  bool accept(char expected) {
    if (rest_.empty() || rest_.front() != expected) return false;
    rest_.remove_prefix(1);
    return true;
  }

  /// Exactly `count` digits; -1 where they are not there.
  std::int64_t digits(std::size_t count) {
    if (rest_.size() < count) return -1;
    std::int64_t number = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (!is_digit(rest_[i])) return -1;
      number = number * 10 + (rest_[i] - '0');
    }
    rest_.remove_prefix(count);
    return number;
  }

  /// One to nine digits after a decimal point, as microseconds (the rest is cut); -1 where
  /// malformed.
  std::int64_t fraction_micros() {
    std::int64_t micros = 0;
    std::size_t count = 0;
    for (; count < rest_.size() && is_digit(rest_[count]); ++count) {
      if (count < 6) micros = micros * 10 + (rest_[count] - '0');
    }
    if (count == 0 || count > 9) return -1;
    for (std::size_t i = count; i < 6; ++i) micros *= 10;
    rest_.remove_prefix(count);
    return micros;
  }

 private:
  std::string_view rest_;
};

constexpr unsigned days_in_month(std::int64_t year, std::int64_t month) noexcept {
  if (month == 2) return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

std::optional<Day> scan_date(Scanner& scanner) {
  const std::int64_t year = scanner.digits(4);
  if (year < 0 || !scanner.accept('-')) return std::nullopt;
  const std::int64_t month = scanner.digits(2);
  if (month < 1 || month > 12 || !scanner.accept('-')) return std::nullopt;
  const std::int64_t day = scanner.digits(2);
  if (day < 1 || day > days_in_month(year, month)) return std::nullopt;
  return to_day({year, static_cast<unsigned>(month), static_cast<unsigned>(day)});
}

std::optional<std::int64_t> scan_time_micros(Scanner& scanner) {
  const std::int64_t hour = scanner.digits(2);
  if (hour < 0 || hour > 23 || !scanner.accept(':')) return std::nullopt;
  const std::int64_t minute = scanner.digits(2);
  if (minute < 0 || minute > 59 || !scanner.accept(':')) return std::nullopt;
  const std::int64_t second = scanner.digits(2);
  if (second < 0 || second > 59) return std::nullopt;
  const std::int64_t fraction = scanner.accept('.') ? scanner.fraction_micros() : 0;
  if (fraction < 0) return std::nullopt;
  return (hour * 3600 + minute * 60 + second) * kMicrosPerSecond + fraction;
}

/// The offset to subtract: `Z`, `±HH:MM` (hours to 23, minutes to 59) or nothing.
std::optional<std::int64_t> scan_offset_micros(Scanner& scanner) {
  if (scanner.at_end() || scanner.accept('Z')) return 0;
  const bool east = scanner.accept('+');
  if (!east && !scanner.accept('-')) return std::nullopt;
  const std::int64_t hour = scanner.digits(2);
  if (hour < 0 || hour > 23 || !scanner.accept(':')) return std::nullopt;
  const std::int64_t minute = scanner.digits(2);
  if (minute < 0 || minute > 59) return std::nullopt;
  const std::int64_t micros = (hour * 3600 + minute * 60) * kMicrosPerSecond;
  return east ? micros : -micros;
}

}  // namespace

std::optional<std::int64_t> parse_integer(std::string_view text) noexcept {
  const std::size_t point = text.find('.');
  if (point != std::string_view::npos) {
    const std::string_view zeros = text.substr(point + 1);
    if (zeros.empty() || zeros.find_first_not_of('0') != std::string_view::npos)
      return std::nullopt;
    text = text.substr(0, point);
  }
  if (!text.empty() && text.front() == '+') {
    text.remove_prefix(1);
    if (!text.empty() && text.front() == '-') return std::nullopt;
  }
  std::int64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, number);
  if (failure != std::errc() || stop != end) return std::nullopt;
  return number;
}

std::optional<std::int64_t> integer_from_double(double value) noexcept {
  constexpr double kExactLimit = 9'007'199'254'740'992.0;  // 2^53: beyond it neighbours are lost
  if (!(std::fabs(value) < kExactLimit) || std::trunc(value) != value) return std::nullopt;
  return static_cast<std::int64_t>(value);
}

std::optional<Timestamp> timestamp_in_range(Timestamp instant) noexcept {
  if (instant < kEarliestTimestamp || instant >= kTimestampLimit) return std::nullopt;
  return instant;
}

std::optional<Timestamp> parse_timestamp(std::string_view text) noexcept {
  Scanner scanner(text);
  const auto day = scan_date(scanner);
  if (!day) return std::nullopt;
  Timestamp instant = midnight(*day);
  if (!scanner.at_end()) {
    if (!scanner.accept(' ') && !scanner.accept('T')) return std::nullopt;
    const auto time = scan_time_micros(scanner);
    if (!time) return std::nullopt;
    const auto offset = scan_offset_micros(scanner);
    if (!offset || !scanner.at_end()) return std::nullopt;
    instant.micros += *time - *offset;
  }
  return timestamp_in_range(instant);
}

}  // namespace voucher
