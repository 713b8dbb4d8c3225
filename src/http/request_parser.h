// Bytes in, requests out: llhttp with the rules of head_rules.h above it. No sockets and no clock,
// so that it can be tested at every split and fuzzed. The outcome does not depend on how the bytes
// were cut; the work is linear in them.
#pragma once

#include <llhttp.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/head_rules.h"
#include "http/input_buffer.h"
#include "http/limits.h"
#include "http/message.h"

namespace voucher::http {

class RequestParser {
 public:
  enum class Outcome { kNeedMore, kRequest, kError };
  /// What the unparsed bytes are: nothing, a part of a head, or a head and a part of its body.
  enum class Stage { kIdle, kHead, kBody };

  /// All three must outlive the parser.
  RequestParser(const Limits& limits, const BodyLimit& body_limit, BlockPool& pool);
  ~RequestParser() = default;
  RequestParser(const RequestParser&) = delete;
  RequestParser& operator=(const RequestParser&) = delete;

  /// Room for bytes from the client, and how many of them have arrived. Makes the last request()
  /// invalid.
  [[nodiscard]] std::span<char> prepare() { return input_.prepare(); }
  void commit(std::size_t count) { input_.commit(count); }

  /// The next complete request of the bytes so far. After kError only error() makes sense.
  [[nodiscard]] Outcome next();

  /// The request that next() announced; valid until the next call of next() or prepare().
  [[nodiscard]] const Request& request() const { return request_; }
  /// Whether that request asked for the connection to be closed.
  [[nodiscard]] bool close_requested() const { return framing_.close; }
  [[nodiscard]] const ParseError& error() const { return error_; }

  /// True once for a request that waits for "100 Continue" before it sends its body.
  [[nodiscard]] bool take_continue();
  [[nodiscard]] Stage stage() const;
  /// Drops all bytes; nothing can be parsed any more.
  void release();

 private:
  struct Callbacks;
  struct Slice {
    std::size_t offset = 0;
    std::size_t length = 0;
  };
  enum class State { kStart, kHead, kFixedBody, kChunkedBody, kComplete, kFailed };

  void start_over();
  void skip_blank_line();
  void read_head();
  void judge_head();
  void read_fixed_body();
  void read_chunked_body();
  void complete();
  void bind_views();
  llhttp_errno_t feed();
  int fail(int status, std::string_view detail);
  void fail_from_llhttp(llhttp_errno_t code);
  [[nodiscard]] bool agrees_with_llhttp() const;
  [[nodiscard]] bool within_limits(std::size_t offset);
  [[nodiscard]] std::string_view text(Slice slice) const;
  [[nodiscard]] bool extend(Slice& slice, const char* at, std::size_t length) const;

  int on_method_end();
  int on_target_end();
  int on_version_end();
  int on_field(const char* at, std::size_t length);
  int on_field_end();
  int on_chunk_size(std::uint64_t size);
  int on_extension_name_end();
  int on_extension_value_end();
  void on_chunk_data(const char* at, std::size_t length);

  const Limits& limits_;
  const BodyLimit& body_limit_;
  InputBuffer input_;
  llhttp_t llhttp_{};
  State state_ = State::kStart;
  ParseError error_;

  // Offsets count from the first byte of the current request: the buffer may move.
  std::size_t parsed_ = 0;
  Slice method_;
  Slice target_;
  Slice version_;
  std::size_t head_begin_ = 0;  // 0 until the request line is complete
  std::vector<std::pair<Slice, Slice>> fields_;
  bool field_open_ = false;
  std::string scratch_;  // a trailer's name, a chunk extension's name or value
  std::size_t trailer_fields_ = 0;

  Request request_;
  Framing framing_;
  const char* bound_to_ = nullptr;  // where the views of request_ point
  std::size_t body_limit_bytes_ = 0;
  std::size_t body_begin_ = 0;
  std::size_t body_size_ = 0;
  std::size_t chunk_overhead_ = 0;  // sizes, extensions, line ends and trailers
  bool blank_line_seen_ = false;
  bool continue_pending_ = false;
};

}  // namespace voucher::http
