// Writing JSON into a string that is used again: nothing here allocates once the string has grown.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/calendar.h"

namespace voucher {

/// Appends `text` as a JSON string with its quotes. REQUIRES: UTF-8.
void append_json_string(std::string& out, std::string_view text);

/// `text` as a JSON string with its quotes.
[[nodiscard]] std::string json_string(std::string_view text);

void append_json_number(std::string& out, std::int64_t number);

/// Appends what format_iso() of base/calendar.h gives, without quotes.
void append_iso(std::string& out, Timestamp instant);

}  // namespace voucher
