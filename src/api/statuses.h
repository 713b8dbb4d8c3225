// Every HTTP status that a client of this API can meet: the only place where their numbers stand.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace voucher::status {

inline constexpr int kOk = 200;
inline constexpr int kNoContent = 204;
inline constexpr int kNotModified = 304;
inline constexpr int kBadRequest = 400;
inline constexpr int kUnauthorized = 401;
inline constexpr int kNotFound = 404;
inline constexpr int kMethodNotAllowed = 405;
inline constexpr int kTimeout = 408;
inline constexpr int kBodyTooLarge = 413;
inline constexpr int kTargetTooLong = 414;
inline constexpr int kUnsupportedMediaType = 415;
inline constexpr int kUnprocessable = 422;
inline constexpr int kHeadersTooLarge = 431;
inline constexpr int kInternal = 500;
inline constexpr int kNotImplemented = 501;
inline constexpr int kUnavailable = 503;
inline constexpr int kVersionNotSupported = 505;

struct Meaning {
  int code = 0;
  std::string_view text;    ///< for people who read the API's description
  bool everywhere = false;  ///< any request may get it: the server answers before a route is known
};

inline constexpr std::array kMeanings{
    Meaning{kOk, "The answer"},
    Meaning{kNoContent, "No decision: neither the segment nor its group has data"},
    Meaning{kNotModified, "The client's copy (If-None-Match) is current"},
    Meaning{kBadRequest, "Not HTTP or not JSON: broken, not UTF-8, or nested too deep", true},
    Meaning{kUnauthorized, "API key missing or unknown"},
    Meaning{kNotFound, "No such path, dataset or version"},
    Meaning{kMethodNotAllowed, "The path has other methods: see Allow"},
    Meaning{kTimeout, "The request did not arrive in time", true},
    Meaning{kBodyTooLarge, "The body is larger than the path takes", true},
    Meaning{kTargetTooLong, "The request line is longer than 2 KiB", true},
    Meaning{kUnsupportedMediaType, "The body is declared as something else than application/json"},
    Meaning{kUnprocessable, "The body breaks types or rules: all errors at once"},
    Meaning{kHeadersTooLarge, "More than 8 KiB or 64 fields of headers", true},
    Meaning{kInternal, "A fault of this program", true},
    Meaning{kNotImplemented, "A transfer coding that is not supported", true},
    Meaning{kUnavailable, "No snapshot is loaded yet: see Retry-After"},
    Meaning{kVersionNotSupported, "Not HTTP/1.1", true},
};

/// Position of a code in kMeanings; kMeanings.size() for a code that is not there.
[[nodiscard]] constexpr std::size_t index_of(int code) noexcept {
  std::size_t index = 0;
  while (index < kMeanings.size() && kMeanings[index].code != code) ++index;
  return index;
}

}  // namespace voucher::status
