#include "http/head_rules.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>

#include "http/grammar.h"

namespace voucher::http {
namespace {

std::unexpected<ParseError> refuse(int status, std::string_view detail) {
  return std::unexpected(ParseError{status, detail});
}

/// The fields that matter for framing, each at most once.
struct Fields {
  std::optional<std::string_view> host;
  std::optional<std::string_view> content_length;
  std::optional<std::string_view> transfer_encoding;
  std::optional<std::string_view> expect;
  bool close = false;
};

Judged<> set_once(std::optional<std::string_view>& field, std::string_view value,
                  std::string_view twice) {
  if (field) return refuse(400, twice);
  field = value;
  return {};
}

Judged<> take_connection(Fields& fields, std::string_view value) {
  while (!value.empty()) {
    const auto option = take_list_element(value);
    if (!option.empty() && !is_token(option)) {
      return refuse(400, "The Connection field is malformed.");
    }
    fields.close = fields.close || equals_ignoring_case(option, "close");
  }
  return {};
}

// Lengths first: most fields of a request are of no interest here.
Judged<> take_field(Fields& fields, std::string_view name, std::string_view value) {
  switch (name.size()) {
    case 4:
      if (!equals_ignoring_case(name, "host")) return {};
      return set_once(fields.host, value, "There is more than one Host field.");
    case 6:
      if (!equals_ignoring_case(name, "expect")) return {};
      return set_once(fields.expect, value, "There is more than one Expect field.");
    case 10:
      if (equals_ignoring_case(name, "connection")) {
        return take_connection(fields, value);
      }
      return {};
    case 14:
      if (!equals_ignoring_case(name, "content-length")) return {};
      return set_once(fields.content_length, value, "There is more than one Content-Length field.");
    case 17:
      if (!equals_ignoring_case(name, "transfer-encoding")) return {};
      return set_once(fields.transfer_encoding, value,
                      "There is more than one Transfer-Encoding field.");
    default: return {};
  }
}

Judged<std::size_t> judge_content_length(std::string_view value) {
  std::uint64_t length = 0;
  const char* end = value.data() + value.size();
  const auto [stop, error] = std::from_chars(value.data(), end, length);
  if (error != std::errc() || stop != end) {
    return refuse(400, "The Content-Length field is not a number.");
  }
  return length;
}

Judged<> judge_transfer_encoding(std::string_view value) {
  if (equals_ignoring_case(value, "chunked")) return {};
  bool last = value.empty();
  while (!last) {
    last = value.find(',') == std::string_view::npos;
    const auto coding = take_list_element(value);
    if (!is_token(coding)) break;
    if (equals_ignoring_case(coding, "chunked") && !last) break;
    if (last) return refuse(501, "No transfer coding other than chunked is supported.");
  }
  return refuse(400, "The Transfer-Encoding field is malformed.");
}

}  // namespace

Judged<> split_target(std::string_view target, Request& request) {
  if (target == "*") {
    if (request.method_name != "OPTIONS") return refuse(400, "The target * is for OPTIONS only.");
    request.path = target;
    request.query = {};
    return {};
  }
  constexpr std::string_view kScheme = "http://";
  if (equals_ignoring_case(target.substr(0, kScheme.size()), kScheme)) {
    target.remove_prefix(kScheme.size());
    const auto authority = target.substr(0, target.find_first_of("/?"));
    if (!is_authority(authority)) return refuse(400, "The authority of the target is malformed.");
    if (!equals_ignoring_case(authority, request.header("host").value_or(""))) {
      return refuse(400, "The target and the Host field name different hosts.");
    }
    target.remove_prefix(authority.size());
    if (target.empty()) target = "/";
    if (target.starts_with('?')) return refuse(400, "The target has no path.");
  }
  if (!is_origin_form(target)) return refuse(400, "The target is malformed.");
  const std::size_t mark = target.find('?');
  request.path = target.substr(0, mark);
  request.query = mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
  return {};
}

Judged<Framing> judge_fields(const Request& request) {
  Fields fields;
  for (const auto& [name, value] : request.headers) {
    if (auto taken = take_field(fields, name, value); !taken) {
      return std::unexpected(taken.error());
    }
  }
  if (!fields.host) return refuse(400, "The Host field is missing.");
  if (!is_authority(*fields.host)) return refuse(400, "The Host field is malformed.");
  if (fields.transfer_encoding && fields.content_length) {
    return refuse(400, "Transfer-Encoding and Content-Length exclude each other.");
  }

  Framing framing{.close = fields.close};
  if (fields.transfer_encoding) {
    if (auto judged = judge_transfer_encoding(*fields.transfer_encoding); !judged) {
      return std::unexpected(judged.error());
    }
    framing.chunked = true;
  }
  if (fields.content_length) {
    auto length = judge_content_length(*fields.content_length);
    if (!length) return std::unexpected(length.error());
    framing.content_length = *length;
  }
  if (fields.expect) {
    if (!equals_ignoring_case(*fields.expect, "100-continue")) {
      return refuse(417, "No expectation other than 100-continue is supported.");
    }
    framing.expects_continue = true;
  }
  return framing;
}

bool is_forbidden_trailer(std::string_view name) {
  constexpr std::array<std::string_view, 9> kForbidden = {
      "host",    "content-length", "transfer-encoding", "connection",      "proxy-connection",
      "upgrade", "expect",         "authorization",     "content-encoding"};
  return std::ranges::any_of(
      kForbidden, [&](std::string_view field) { return equals_ignoring_case(name, field); });
}

}  // namespace voucher::http
