// Responses as bytes. The Date line is rendered once per second, not once per response.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "http/message.h"

namespace voucher::http {

/// Interim answer to `Expect: 100-continue`.
inline constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

/// The line "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n" of an instant in seconds since 1970.
[[nodiscard]] std::string format_date_line(std::int64_t unix_seconds);

/// The Date line of now; one per thread.
class DateLine {
 public:
  [[nodiscard]] std::string_view now();

 private:
  std::int64_t second_ = -1;
  std::string line_;
};

struct ResponseForm {
  bool without_body = false;  ///< an answer to HEAD
  bool close = false;         ///< says `Connection: close`
  std::string_view date_line;
};

/// Appends head and body. Bodies of 204 and 304 are not sent, and neither has a Content-Length.
/// REQUIRES: a final status, 200 to 599.
void append_response(std::string& output, const Response& response, const ResponseForm& form);

}  // namespace voucher::http
