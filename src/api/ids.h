// Names for decisions and requests: 26 characters that sort by time and are unique over threads and
// processes, made without a lock.
#pragma once

#include <array>
#include <string_view>

#include "base/calendar.h"

namespace voucher {

/// Text in Crockford's base 32: 10 characters of milliseconds, 9 random ones of the thread, 7 of a
/// counter (the form of a ULID).
using UniqueId = std::array<char, 26>;

/// An id that no other call in any thread or process returns. REQUIRES: a time after 1970.
[[nodiscard]] UniqueId make_unique_id(Timestamp now);

[[nodiscard]] inline std::string_view view_of(const UniqueId& id) {
  return {id.data(), id.size()};
}

/// Whether a client's X-Request-ID is taken over: 1 to 128 of `A-Za-z0-9._:/+=@-`.
[[nodiscard]] bool is_request_id(std::string_view text);

}  // namespace voucher
