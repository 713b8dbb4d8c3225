// An HTTP request as a handler sees it, and the response it fills. Nothing here knows the product.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace voucher::http {

enum class Method { kGet, kHead, kPost, kOther };

/// A complete, checked request. Views live until the handler returns.
struct Request {
  Method method = Method::kGet;
  std::string_view method_name;  ///< as sent
  std::string_view path;         ///< without the query, percent-encoded as sent
  std::string_view query;        ///< without '?'; empty where absent
  std::vector<std::pair<std::string_view, std::string_view>>
      headers;  ///< names as sent, values trimmed
  std::string_view body;
  /// body.data() may be read (not used) this many bytes past its end: what simdjson needs.
  std::size_t body_padding = 0;

  /// First value of a header, its name compared without ASCII case.
  [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const;
};

/// What a handler fills. The server adds Content-Length, Date, Connection and, for HEAD, leaves the
/// body out. The object is used again for the next request of its connection: strings keep their
/// capacity.
struct Response {
  int status = 200;
  std::string_view content_type =
      "application/json";  ///< must outlive the handler call; static text
  std::string body;        ///< not sent with 204 and 304
  std::string
      headers;         ///< more header lines, each complete with its "\r\n"; values already checked
  bool close = false;  ///< close the connection after this answer

  void reset();
  /// Appends one header line. REQUIRES: no CR, LF or NUL in either.
  void add_header(std::string_view name, std::string_view value);
};

/// The reason phrase of RFC 9110; "Unknown" for others.
[[nodiscard]] std::string_view reason_phrase(int status);

}  // namespace voucher::http
