#include "http/request_parser.h"

#include <tuple>

#include "http/grammar.h"

namespace voucher::http {
namespace {

constexpr std::string_view kUnknownMethod = "The method is not known.";
constexpr std::string_view kBodyTooLarge = "The body is larger than this path allows.";

Method to_method(std::uint8_t method) {
  switch (method) {
    case HTTP_GET: return Method::kGet;
    case HTTP_HEAD: return Method::kHead;
    case HTTP_POST: return Method::kPost;
    default: return Method::kOther;
  }
}

}  // namespace

// llhttp is C: its callbacks find the parser in `data`. A result other than 0 stops llhttp.
struct RequestParser::Callbacks {
  static RequestParser& self(llhttp_t* llhttp) {
    return *static_cast<RequestParser*>(llhttp->data);
  }

  template <Slice RequestParser::* kSlice>
  static int grow(llhttp_t* llhttp, const char* at, std::size_t length) {
    RequestParser& parser = self(llhttp);
    return parser.extend(parser.*kSlice, at, length) ? 0 : HPE_USER;
  }

  template <int (RequestParser::*kMember)()>
  static int call(llhttp_t* llhttp) {
    return (self(llhttp).*kMember)();
  }

  static int pause(llhttp_t*) { return HPE_PAUSED; }

  static int field(llhttp_t* llhttp, const char* at, std::size_t length) {
    return self(llhttp).on_field(at, length);
  }

  static int value(llhttp_t* llhttp, const char* at, std::size_t length) {
    RequestParser& parser = self(llhttp);
    if (parser.state_ != State::kHead) return 0;
    return parser.extend(parser.fields_.back().second, at, length) ? 0 : HPE_USER;
  }

  static int chunk_size(llhttp_t* llhttp) {
    return self(llhttp).on_chunk_size(llhttp->content_length);
  }

  static int chunk_data(llhttp_t* llhttp, const char* at, std::size_t length) {
    self(llhttp).on_chunk_data(at, length);
    return 0;
  }

  static int extension(llhttp_t* llhttp, const char* at, std::size_t length) {
    self(llhttp).scratch_.append(at, length);
    return 0;
  }

  static llhttp_settings_t make_settings() {
    llhttp_settings_t settings;
    llhttp_settings_init(&settings);
    settings.on_method = grow<&RequestParser::method_>;
    settings.on_method_complete = call<&RequestParser::on_method_end>;
    settings.on_url = grow<&RequestParser::target_>;
    settings.on_url_complete = call<&RequestParser::on_target_end>;
    settings.on_version = grow<&RequestParser::version_>;
    settings.on_version_complete = call<&RequestParser::on_version_end>;
    settings.on_header_field = field;
    settings.on_header_field_complete = call<&RequestParser::on_field_end>;
    settings.on_header_value = value;
    settings.on_headers_complete = pause;
    settings.on_chunk_header = chunk_size;
    settings.on_chunk_extension_name = extension;
    settings.on_chunk_extension_name_complete = call<&RequestParser::on_extension_name_end>;
    settings.on_chunk_extension_value = extension;
    settings.on_chunk_extension_value_complete = call<&RequestParser::on_extension_value_end>;
    settings.on_body = chunk_data;
    settings.on_message_complete = pause;
    return settings;
  }
};

RequestParser::RequestParser(const Limits& limits, const BodyLimit& body_limit, BlockPool& pool)
    : limits_(limits), body_limit_(body_limit), input_(pool) {
  static const llhttp_settings_t kSettings = Callbacks::make_settings();
  llhttp_init(&llhttp_, HTTP_REQUEST, &kSettings);
  llhttp_.data = this;
}

RequestParser::Outcome RequestParser::next() {
  if (state_ == State::kComplete) start_over();
  if (state_ == State::kStart) skip_blank_line();
  if (state_ == State::kHead) read_head();
  if (state_ == State::kFixedBody) read_fixed_body();
  if (state_ == State::kChunkedBody) read_chunked_body();
  if (state_ == State::kComplete) return Outcome::kRequest;
  return state_ == State::kFailed ? Outcome::kError : Outcome::kNeedMore;
}

bool RequestParser::take_continue() {
  return std::exchange(continue_pending_, false) && stage() == Stage::kBody &&
         input_.size() == body_begin_;
}

RequestParser::Stage RequestParser::stage() const {
  if (state_ == State::kFixedBody || state_ == State::kChunkedBody) return Stage::kBody;
  if (state_ == State::kHead || (state_ == State::kStart && input_.size() > 0)) return Stage::kHead;
  return Stage::kIdle;
}

void RequestParser::release() {
  input_.release();
  state_ = State::kFailed;
}

void RequestParser::start_over() {
  input_.consume(parsed_);
  llhttp_reset(&llhttp_);
  state_ = State::kStart;
  parsed_ = 0;
  method_ = target_ = version_ = {};
  head_begin_ = 0;
  fields_.clear();
  framing_ = {};
  bound_to_ = nullptr;
  body_begin_ = body_size_ = 0;
  blank_line_seen_ = continue_pending_ = false;
}

// RFC 9112, 2.2 lets a server skip an empty line before a request. One, and only CRLF: llhttp would
// skip any number of bare CRs and LFs.
void RequestParser::skip_blank_line() {
  if (input_.size() == 0) return;
  const char first = *input_.data();
  if (first == '\r' && !blank_line_seen_) {
    if (input_.size() < 2) return;
    if (input_.data()[1] != '\n') {
      fail(400, "A carriage return stands alone.");
      return;
    }
    input_.consume(2);
    blank_line_seen_ = true;
    skip_blank_line();
    return;
  }
  if (first == '\r' || first == '\n') {
    fail(400, "An empty line stands where a request should begin.");
    return;
  }
  state_ = State::kHead;
}

void RequestParser::read_head() {
  const llhttp_errno_t code = feed();
  if (state_ == State::kFailed) return;
  if (!within_limits(parsed_)) return;
  if (code == HPE_OK) return;
  if (code == HPE_PAUSED) {
    judge_head();
  } else {
    fail_from_llhttp(code);
  }
}

void RequestParser::judge_head() {
  // Belt and braces against a way to end a head that llhttp knows and we do not.
  if (!std::string_view(input_.data(), parsed_).ends_with("\r\n\r\n")) {
    fail(400, "The head does not end with an empty line.");
    return;
  }
  body_begin_ = parsed_;
  request_.method = to_method(llhttp_get_method(&llhttp_));
  bind_views();
  if (auto split = split_target(text(target_), request_); !split) {
    fail(split.error().status, split.error().detail);
    return;
  }
  auto framing = judge_fields(request_);
  if (!framing) {
    fail(framing.error().status, framing.error().detail);
    return;
  }
  framing_ = *framing;
  if (!agrees_with_llhttp()) {
    fail(400, "The length of the body is ambiguous.");
    return;
  }
  if (!framing_.chunked && framing_.content_length == 0) {
    complete();
    return;
  }
  try {
    body_limit_bytes_ = body_limit_ ? body_limit_(request_.method, request_.path) : 0;
  } catch (...) {
    fail(500, "The server could not judge the size of the body.");
    return;
  }
  if (framing_.content_length > body_limit_bytes_) {
    fail(413, kBodyTooLarge);
    return;
  }
  continue_pending_ = framing_.expects_continue;
  state_ = framing_.chunked ? State::kChunkedBody : State::kFixedBody;
  chunk_overhead_ = trailer_fields_ = 0;
  // Or llhttp would leave the body to another protocol; ours is never another.
  llhttp_.upgrade = 0;
  if (framing_.chunked) llhttp_resume(&llhttp_);
}

bool RequestParser::agrees_with_llhttp() const {
  const bool chunked = (llhttp_.flags & F_CHUNKED) != 0;
  const bool has_length = (llhttp_.flags & F_CONTENT_LENGTH) != 0;
  return chunked == framing_.chunked &&
         (has_length ? llhttp_.content_length : 0) == framing_.content_length;
}

// A body of known length needs no parsing.
void RequestParser::read_fixed_body() {
  if (input_.size() - body_begin_ < framing_.content_length) return;
  body_size_ = framing_.content_length;
  parsed_ = body_begin_ + body_size_;
  complete();
}

void RequestParser::read_chunked_body() {
  const std::size_t parsed_before = parsed_;
  const std::size_t body_before = body_size_;
  const llhttp_errno_t code = feed();
  if (state_ == State::kFailed) return;
  chunk_overhead_ += (parsed_ - parsed_before) - (body_size_ - body_before);
  if (chunk_overhead_ > limits_.header_bytes + 8 * body_limit_bytes_) {
    fail(413, "The body's chunks are mostly overhead.");
  } else if (code == HPE_PAUSED) {
    complete();
  } else if (code != HPE_OK) {
    fail_from_llhttp(code);
  } else {
    input_.truncate(body_begin_ + body_size_);
    parsed_ = input_.size();
  }
}

void RequestParser::complete() {
  if (bound_to_ != input_.data()) {
    bind_views();
    // Judged before; only the views are renewed.
    std::ignore = split_target(text(target_), request_);
  }
  request_.body = text({body_begin_, body_size_});
  request_.body_padding = kBodyPadding;
  state_ = State::kComplete;
}

void RequestParser::bind_views() {
  request_.method_name = text(method_);
  request_.headers.clear();
  for (const auto& [name, value] : fields_) {
    request_.headers.emplace_back(text(name), trim(text(value)));
  }
  bound_to_ = input_.data();
}

llhttp_errno_t RequestParser::feed() {
  const std::size_t fresh = input_.size() - parsed_;
  if (fresh == 0) return HPE_OK;
  const llhttp_errno_t code = llhttp_execute(&llhttp_, input_.data() + parsed_, fresh);
  if (code == HPE_OK) {
    parsed_ = input_.size();
  } else {
    parsed_ = static_cast<std::size_t>(llhttp_get_error_pos(&llhttp_) - input_.data());
  }
  return code;
}

int RequestParser::fail(int status, std::string_view detail) {
  if (state_ != State::kFailed) error_ = {status, detail};
  state_ = State::kFailed;
  return HPE_USER;
}

void RequestParser::fail_from_llhttp(llhttp_errno_t code) {
  const std::string_view reason = llhttp_get_error_reason(&llhttp_);
  switch (code) {
    case HPE_INVALID_METHOD:
      if (parsed_ < input_.size() && is_token_byte(input_.data()[parsed_])) {
        fail(501, kUnknownMethod);
      } else {
        fail(400, "The method is malformed.");
      }
      return;
    case HPE_INVALID_VERSION: fail(reason == "Invalid HTTP version" ? 505 : 400, reason); return;
    default: fail(400, reason); return;
  }
}

// Asked in the order of the bytes, before anything else is said about them: so the first fault
// wins, however the bytes were cut.
bool RequestParser::within_limits(std::size_t offset) {
  if (head_begin_ == 0) {
    if (offset > limits_.request_line_bytes) fail(414, "The request line is too long.");
  } else if (offset > head_begin_ + limits_.header_bytes + 2) {
    fail(431, "The header is too large.");
  }
  return state_ != State::kFailed;
}

std::string_view RequestParser::text(Slice slice) const {
  return {input_.data() + slice.offset, slice.length};
}

// False where llhttp left bytes of a span out: a slice is one piece of the input.
bool RequestParser::extend(Slice& slice, const char* at, std::size_t length) const {
  const auto offset = static_cast<std::size_t>(at - input_.data());
  if (slice.length == 0) slice.offset = offset;
  const bool contiguous = slice.offset + slice.length == offset;
  slice.length += length;
  return contiguous;
}

}  // namespace voucher::http
