#include "base/calendar.h"

#include <fmt/format.h>

namespace voucher {

CivilDate to_civil(Day day) noexcept {
  const std::int64_t shifted = day.since_epoch + 719'468;
  const std::int64_t era = (shifted >= 0 ? shifted : shifted - 146'096) / 146'097;
  const std::int64_t day_of_era = shifted - era * 146'097;
  const std::int64_t year_of_era =
      (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const std::int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t shifted_month = (5 * day_of_year + 2) / 153;
  const auto day_of_month = static_cast<unsigned>(day_of_year - (153 * shifted_month + 2) / 5 + 1);
  const auto month =
      static_cast<unsigned>(shifted_month < 10 ? shifted_month + 3 : shifted_month - 9);
  return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), month, day_of_month};
}

std::string format_iso(Day day) {
  const CivilDate date = to_civil(day);
  return fmt::format("{:04}-{:02}-{:02}", date.year, date.month, date.day);
}

std::string format_iso(Timestamp instant) {
  const Day day = day_of(instant);
  const std::int64_t micros = instant.micros - midnight(day).micros;
  const std::int64_t seconds = micros / kMicrosPerSecond;
  std::string text = fmt::format("{}T{:02}:{:02}:{:02}", format_iso(day), seconds / 3600,
                                 seconds / 60 % 60, seconds % 60);
  if (micros % kMicrosPerSecond != 0) text += fmt::format(".{:06}", micros % kMicrosPerSecond);
  return text + 'Z';
}

}  // namespace voucher
