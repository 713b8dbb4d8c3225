// Numbers and instants as the texts that raw data holds.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "sample/shape.h"

namespace voucher {

/// Room for the longest text.
using TextBuffer = std::array<char, 40>;

/// A number, or microseconds since the epoch, in `form`; valid as long as the buffer is unchanged.
[[nodiscard]] std::string_view write_text(std::int64_t number, TextForm form, TextBuffer& buffer);

}  // namespace voucher
