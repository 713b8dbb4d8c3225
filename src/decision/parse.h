// How text becomes a value, for every engine and for the API alike. Strict on purpose: what
// engines' casts accept differs from one to the other; this does not. Nothing is trimmed. (DESIGN:
// "Integer", "Timestamp".)
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/calendar.h"

namespace voucher {

/// `[+-]?[0-9]+(\.0+)?` within int64; nullopt is malformed.
[[nodiscard]] std::optional<std::int64_t> parse_integer(std::string_view text) noexcept;

/// A stored floating number: integral and below 2^53 in size; nullopt is malformed.
[[nodiscard]] std::optional<std::int64_t> integer_from_double(double value) noexcept;

/// `YYYY-MM-DD` or `YYYY-MM-DD[ T]HH:MM:SS[.f{1,9}][Z|±HH:MM]`; no zone means UTC, digits beyond
/// microseconds are cut, no second 60, no 24:00, years 1900 to 2200 after conversion to UTC;
/// nullopt is malformed.
[[nodiscard]] std::optional<Timestamp> parse_timestamp(std::string_view text) noexcept;

/// A stored instant is held to the same years; nullopt is malformed.
[[nodiscard]] std::optional<Timestamp> timestamp_in_range(Timestamp instant) noexcept;

}  // namespace voucher
