// An answer that is written once and sent many times, with the tag by which a client asks whether
// it has changed.
#pragma once

#include <string>
#include <string_view>

#include "http/message.h"

namespace voucher {

struct Page {
  std::string body;
  std::string etag;  ///< with its quotes
};

/// A page whose tag is `name` and the hash of the body; an empty name is left out.
[[nodiscard]] Page make_page(std::string body, std::string_view name = {});

/// Whether an If-None-Match header names the tag (weak comparison, RFC 9110 section 13.1.2).
[[nodiscard]] bool names_etag(std::string_view if_none_match, std::string_view etag);

/// Fills the response with the page, or says that the client's copy is current.
void send_page(const http::Request& request, std::string_view body, std::string_view etag,
               http::Response& response);

}  // namespace voucher
