#include "http/response_writer.h"

#include <fmt/format.h>
#include <time.h>

#include <array>
#include <cstddef>

#include "base/calendar.h"
#include "base/check.h"

namespace voucher::http {
namespace {

void append_number(std::string& output, std::size_t number) {
  const fmt::format_int digits(number);
  output.append(digits.data(), digits.size());
}

}  // namespace

std::string format_date_line(std::int64_t unix_seconds) {
  constexpr std::array kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const Day day = day_of(Timestamp{unix_seconds * kMicrosPerSecond});
  const CivilDate date = to_civil(day);
  const std::int64_t second = unix_seconds - day.since_epoch * 86'400;
  // 1970-01-01 was a Thursday.
  const auto weekday = static_cast<std::size_t>(((day.since_epoch + 4) % 7 + 7) % 7);
  return fmt::format("Date: {}, {:02} {} {:04} {:02}:{:02}:{:02} GMT\r\n", kDays[weekday], date.day,
                     kMonths[date.month - 1], date.year, second / 3600, second / 60 % 60,
                     second % 60);
}

std::string_view DateLine::now() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME_COARSE, &now);
  if (now.tv_sec != second_) {
    second_ = now.tv_sec;
    line_ = format_date_line(second_);
  }
  return line_;
}

void append_response(std::string& output, const Response& response, const ResponseForm& form) {
  CHECK(response.status >= 200 && response.status <= 599);
  const bool bodiless = response.status == 204 || response.status == 304;
  output.append("HTTP/1.1 ");
  append_number(output, static_cast<std::size_t>(response.status));
  output.append(" ").append(reason_phrase(response.status)).append("\r\n");
  output.append(form.date_line);
  if (form.close) output.append("Connection: close\r\n");
  if (!bodiless) {
    if (!response.body.empty()) {
      output.append("Content-Type: ").append(response.content_type).append("\r\n");
    }
    output.append("Content-Length: ");
    append_number(output, response.body.size());
    output.append("\r\n");
  }
  output.append(response.headers).append("\r\n");
  if (!bodiless && !form.without_body) output.append(response.body);
}

}  // namespace voucher::http
