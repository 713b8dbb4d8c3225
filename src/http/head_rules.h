// The strictness above llhttp: what a request's head must say before its body is read, and what it
// means. Every rule here closes a way to make two readers see two different requests.
#pragma once

#include <cstddef>
#include <expected>
#include <string_view>

#include "http/message.h"

namespace voucher::http {

/// Why a request is refused; `detail` is static text.
struct ParseError {
  int status = 0;
  std::string_view detail;
};

template <class T = void>
using Judged = std::expected<T, ParseError>;

/// How a body is delimited, and what the client asks of the connection.
struct Framing {
  bool chunked = false;
  std::size_t content_length = 0;
  bool close = false;             ///< `Connection: close`
  bool expects_continue = false;  ///< `Expect: 100-continue`
};

/// Splits a request target into path and query. Origin form for any method; absolute form with the
/// scheme http, and then the authority must equal the Host field; `*` for OPTIONS only. 400 for
/// anything else. The path of an absolute form without one is "/".
[[nodiscard]] Judged<> split_target(std::string_view target, Request& request);

/// Judges the fields of a request whose method and target are known: exactly one valid Host; at
/// most one Content-Length, digits only; Transfer-Encoding only as `chunked` and only without
/// Content-Length (501 for a coding that is not known); no Expect other than `100-continue` (417).
[[nodiscard]] Judged<Framing> judge_fields(const Request& request);

/// Whether a trailer field of this name would change the framing or routing of a request.
[[nodiscard]] bool is_forbidden_trailer(std::string_view name);

}  // namespace voucher::http
