// What llhttp reports while it reads: the rest of RequestParser.
#include <cstring>

#include "http/grammar.h"
#include "http/request_parser.h"

namespace voucher::http {

int RequestParser::on_method_end() {
  const auto method = text(method_);
  if (method == "CONNECT") return fail(501, "Tunnels are not supported.");
  if (method == "PRI") return fail(505, "Only HTTP/1.1 is supported.");
  return 0;
}

int RequestParser::on_target_end() {
  const std::size_t end = target_.offset + target_.length;
  if (!within_limits(end)) return HPE_USER;
  if (target_.offset != method_.length + 1) return fail(400, "One blank must follow the method.");
  if (input_.data()[end] != ' ') return fail(400, "One blank must follow the target.");
  return 0;
}

int RequestParser::on_version_end() {
  const std::size_t end = version_.offset + version_.length;
  constexpr std::string_view kProtocol = " HTTP/";
  const std::size_t target_end = target_.offset + target_.length;
  if (!within_limits(end)) return HPE_USER;
  if (text({target_end, version_.offset - target_end}) != kProtocol) {
    return fail(400, "The request line is malformed.");
  }
  if (text(version_) != "1.1") return fail(505, "Only HTTP/1.1 is supported.");
  head_begin_ = end + 2;
  return 0;
}

int RequestParser::on_field(const char* at, std::size_t length) {
  if (state_ == State::kChunkedBody) {
    scratch_.append(at, length);
    return 0;
  }
  if (!field_open_) fields_.emplace_back();
  field_open_ = true;
  return extend(fields_.back().first, at, length) ? 0 : fail(400, "A field name is malformed.");
}

int RequestParser::on_field_end() {
  if (state_ == State::kChunkedBody) {
    const bool forbidden = is_forbidden_trailer(scratch_);
    scratch_.clear();
    if (forbidden) return fail(400, "A trailer field may not change the request.");
    if (++trailer_fields_ > limits_.header_fields) return fail(431, "There are too many fields.");
    return 0;
  }
  field_open_ = false;
  const auto& name = fields_.back().first;
  if (!within_limits(name.offset + name.length)) return HPE_USER;
  if (fields_.size() > limits_.header_fields) return fail(431, "There are too many fields.");
  return 0;
}

int RequestParser::on_chunk_size(std::uint64_t size) {
  if (size > body_limit_bytes_ - body_size_) {
    return fail(413, "The body is larger than this path allows.");
  }
  return 0;
}

// llhttp lets an empty name pass, and quotes behind a token.
int RequestParser::on_extension_name_end() {
  const bool valid = is_token(scratch_);
  scratch_.clear();
  return valid ? 0 : fail(400, "A chunk extension is malformed.");
}

int RequestParser::on_extension_value_end() {
  const bool quoted = scratch_.size() >= 2 && scratch_.front() == '"';
  const bool valid = quoted || is_token(scratch_);
  scratch_.clear();
  return valid ? 0 : fail(400, "A chunk extension is malformed.");
}

// Chunks move together in place: what is written is never ahead of what was read.
void RequestParser::on_chunk_data(const char* at, std::size_t length) {
  std::memmove(input_.data() + body_begin_ + body_size_, at, length);
  body_size_ += length;
}

}  // namespace voucher::http
