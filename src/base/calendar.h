// Days and instants of the proleptic Gregorian calendar in UTC, as the whole product counts them:
// an instant is microseconds since 1970-01-01T00:00:00Z, a day is whole days since 1970-01-01.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace voucher {

inline constexpr std::int64_t kMicrosPerSecond = 1'000'000;
inline constexpr std::int64_t kMicrosPerDay = 86'400 * kMicrosPerSecond;

/// A calendar day in UTC.
struct Day {
  std::int64_t since_epoch = 0;
  friend auto operator<=>(const Day&, const Day&) = default;
};

/// An instant, to the microsecond.
struct Timestamp {
  std::int64_t micros = 0;
  friend auto operator<=>(const Timestamp&, const Timestamp&) = default;
};

struct CivilDate {
  std::int64_t year = 1970;
  unsigned month = 1;  ///< 1..12
  unsigned day = 1;    ///< 1..31
};

/// Day number of a date; REQUIRES: a valid date. Algorithm: Howard Hinnant, days_from_civil.
[[nodiscard]] constexpr Day to_day(CivilDate date) noexcept {
  const std::int64_t year = date.year - (date.month <= 2 ? 1 : 0);
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  const std::int64_t year_of_era = year - era * 400;
  const std::int64_t month = date.month;
  const std::int64_t day_of_year =
      (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + static_cast<std::int64_t>(date.day) - 1;
  const std::int64_t day_of_era =
      year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return Day{era * 146'097 + day_of_era - 719'468};
}

/// The date of a day number; the inverse of to_day.
[[nodiscard]] CivilDate to_civil(Day day) noexcept;

/// The UTC day that holds the instant (also before 1970).
[[nodiscard]] constexpr Day day_of(Timestamp instant) noexcept {
  const std::int64_t day = instant.micros / kMicrosPerDay;
  return Day{instant.micros % kMicrosPerDay < 0 ? day - 1 : day};
}

/// 00:00 UTC of a day.
[[nodiscard]] constexpr Timestamp midnight(Day day) noexcept {
  return Timestamp{day.since_epoch * kMicrosPerDay};
}

/// Instants outside these years are malformed everywhere: 1900-01-01T00:00:00Z up to, not
/// including, 2201-01-01.
inline constexpr Timestamp kEarliestTimestamp = midnight(to_day({1900, 1, 1}));
inline constexpr Timestamp kTimestampLimit = midnight(to_day({2201, 1, 1}));

/// ISO 8601 with Z; the fraction is left out where it is zero and else has six digits:
/// 2018-07-10T00:00:00Z.
[[nodiscard]] std::string format_iso(Timestamp instant);

/// YYYY-MM-DD.
[[nodiscard]] std::string format_iso(Day day);

}  // namespace voucher
