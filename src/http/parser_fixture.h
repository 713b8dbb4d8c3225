// For tests of the parser: feeds bytes in given pieces and keeps what came out as plain values.
#pragma once

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/request_parser.h"

namespace voucher::http {

/// A request that owns its bytes.
struct ParsedRequest {
  std::string method;
  std::string path;
  std::string query;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  bool close = false;

  friend bool operator==(const ParsedRequest&, const ParsedRequest&) = default;
};

struct ParseResult {
  std::vector<ParsedRequest> requests;
  int status = 0;      ///< of the error that ended it; 0 where there was none
  std::string detail;  ///< of that error
  RequestParser::Stage stage = RequestParser::Stage::kIdle;

  /// Equal but for the wording of the error.
  friend bool operator==(const ParseResult& left, const ParseResult& right) {
    return left.requests == right.requests && left.status == right.status &&
           left.stage == right.stage;
  }
};

class ParserFixture {
 public:
  explicit ParserFixture(Limits limits = {}, std::size_t body_limit = 4096)
      : limits_(limits),
        body_limit_([body_limit](Method, std::string_view) { return body_limit; }) {
    parser_ = std::make_unique<RequestParser>(limits_, body_limit_, pool_);
  }

  /// Hands over one piece; false once there was an error.
  bool feed(std::string_view bytes) {
    while (!bytes.empty() && result_.status == 0) {
      const auto room = parser_->prepare();
      const std::size_t count = std::min(room.size(), bytes.size());
      std::memcpy(room.data(), bytes.data(), count);
      parser_->commit(count);
      bytes.remove_prefix(count);
      collect();
    }
    return result_.status == 0;
  }

  [[nodiscard]] ParseResult result() {
    result_.stage = result_.status == 0 ? parser_->stage() : RequestParser::Stage::kIdle;
    return result_;
  }
  [[nodiscard]] RequestParser& parser() { return *parser_; }

 private:
  void collect() {
    while (true) {
      const auto outcome = parser_->next();
      if (outcome == RequestParser::Outcome::kNeedMore) return;
      if (outcome == RequestParser::Outcome::kError) {
        result_.status = parser_->error().status;
        result_.detail = parser_->error().detail;
        return;
      }
      const Request& request = parser_->request();
      ParsedRequest copy{std::string(request.method_name), std::string(request.path),
                         std::string(request.query),       {},
                         std::string(request.body),        parser_->close_requested()};
      for (const auto& [name, value] : request.headers) copy.headers.emplace_back(name, value);
      result_.requests.push_back(std::move(copy));
    }
  }

  Limits limits_;
  BodyLimit body_limit_;
  BlockPool pool_;
  std::unique_ptr<RequestParser> parser_;
  ParseResult result_;
};

/// Everything that `bytes` hold, delivered at once.
inline ParseResult parse_all(std::string_view bytes, const Limits& limits = {},
                             std::size_t body_limit = 4096) {
  ParserFixture fixture(limits, body_limit);
  fixture.feed(bytes);
  return fixture.result();
}

}  // namespace voucher::http
