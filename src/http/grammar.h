// The small grammars of RFC 3986, 9110 and 9112 that a strict server judges itself: tokens,
// targets, authorities, lists. Pure functions on ASCII; bytes above 127 belong to none of them.
#pragma once

#include <string_view>

namespace voucher::http {

/// A byte of `token`: what methods, field names and transfer codings consist of.
[[nodiscard]] bool is_token_byte(char byte);
/// A token of at least one byte.
[[nodiscard]] bool is_token(std::string_view text);

/// `absolute-path [ "?" query ]`: begins with '/', only bytes of RFC 3986, every '%' followed by
/// two hexadecimal digits, no fragment.
[[nodiscard]] bool is_origin_form(std::string_view target);

/// `uri-host [ ":" port ]` with a host of at least one byte, no user information, and a port, where
/// there is one, of at most 65535.
[[nodiscard]] bool is_authority(std::string_view text);

/// Without ASCII case.
[[nodiscard]] bool equals_ignoring_case(std::string_view left, std::string_view right);

/// Without the blanks and tabs around it.
[[nodiscard]] std::string_view trim(std::string_view text);

/// Takes the first element off a comma-separated list and trims it: an empty element is returned as
/// such. REQUIRES: list not empty.
[[nodiscard]] std::string_view take_list_element(std::string_view& list);

}  // namespace voucher::http
