// Random pipelines, cut at random: the same requests come out, and Boost.Beast agrees with each.
#include <fmt/format.h>
#include <gtest/gtest.h>
// After gtest, which it needs.
#include <rapidcheck/gtest.h>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http.hpp>
#include <string>
#include <vector>

#include "http/grammar.h"
#include "http/parser_fixture.h"

namespace voucher::http {
namespace {

namespace beast = boost::beast::http;

rc::Gen<std::string> text_of(std::string_view alphabet, int longest) {
  const auto size = *rc::gen::inRange(0, longest + 1);
  return rc::gen::container<std::string>(static_cast<std::size_t>(size),
                                         rc::gen::elementOf(std::string(alphabet)));
}

constexpr std::string_view kLetters = "abcXYZ019-";

std::string chunked(const std::string& body) {
  std::string bytes;
  std::size_t at = 0;
  while (at < body.size()) {
    const auto size = *rc::gen::inRange<std::size_t>(1, body.size() - at + 1);
    bytes += *rc::gen::element<std::string>("", "0", "00");
    bytes += fmt::format("{:x}", size);
    bytes += *rc::gen::element<std::string>("", ";a", ";a=b", ";a=\"b c\"");
    bytes += "\r\n" + body.substr(at, size) + "\r\n";
    at += size;
  }
  return bytes + "0\r\n" + *rc::gen::element<std::string>("", "X-Trailer: 1\r\n") + "\r\n";
}

/// A request as it should come out, and its bytes.
std::pair<ParsedRequest, std::string> any_request() {
  ParsedRequest request;
  request.method = *rc::gen::element<std::string>("GET", "HEAD", "POST", "PUT", "DELETE");
  request.path = "/" + *text_of("abc/.-_~!$&'()*+,;=:@", 20);
  request.query = *text_of("abc=&/?", 10);
  request.headers.emplace_back("Host", *rc::gen::element<std::string>("a", "a.b:80", "[::1]:8000"));
  const int fields = *rc::gen::inRange(0, 5);
  for (int count = 0; count < fields; ++count) {
    request.headers.emplace_back("X" + *text_of(kLetters, 8),
                                 std::string(trim(*text_of("ab\t ,;:=\"\x80\xff", 20))));
  }
  request.body = *text_of("ab\r\n\x01", 200);
  const bool in_chunks = *rc::gen::arbitrary<bool>();
  request.close = *rc::gen::inRange(0, 10) == 0;
  if (request.close) request.headers.emplace_back("connection", "close");
  if (in_chunks) {
    request.headers.emplace_back("Transfer-Encoding", "chunked");
  } else if (!request.body.empty()) {
    request.headers.emplace_back("content-length", std::to_string(request.body.size()));
  }
  std::string bytes = request.method + " " + request.path;
  if (!request.query.empty()) bytes += "?" + request.query;
  bytes += " HTTP/1.1\r\n";
  for (const auto& [name, value] : request.headers) {
    bytes += name + ":" + *rc::gen::element<std::string>("", " ", "\t ") + value +
             *rc::gen::element<std::string>("", " ") + "\r\n";
  }
  bytes += "\r\n" + (in_chunks ? chunked(request.body) : request.body);
  return {request, bytes};
}

/// Feeds `bytes` cut at random.
ParseResult parse_in_pieces(std::string_view bytes) {
  ParserFixture fixture;
  const auto cuts = *rc::gen::container<std::vector<std::size_t>>(
      rc::gen::element<std::size_t>(1, 2, 5, 20, 200));
  for (std::size_t at = 0; !bytes.empty(); ++at) {
    const auto size = std::min(bytes.size(), at < cuts.size() ? cuts[at] : std::size_t{3});
    if (!fixture.feed(bytes.substr(0, size))) break;
    bytes.remove_prefix(size);
  }
  return fixture.result();
}

/// Whether Beast reads `bytes` as exactly these requests.
bool beast_agrees(std::string_view bytes, const std::vector<ParsedRequest>& requests) {
  for (const auto& expected : requests) {
    // RFC 9112, 2.2 allows this line; Beast does not know it.
    if (bytes.starts_with("\r\n")) bytes.remove_prefix(2);
    beast::request_parser<beast::string_body> parser;
    parser.eager(true);
    boost::system::error_code error;
    while (!parser.is_done()) {
      const auto used = parser.put(boost::asio::buffer(bytes.data(), bytes.size()), error);
      bytes.remove_prefix(used);
      if (error || used == 0) break;
    }
    if (error || !parser.is_done()) return false;
    const auto& request = parser.get();
    if (request.method_string() != expected.method || request.body() != expected.body) return false;
  }
  return true;
}

RC_GTEST_PROP(RequestParserProperty, FindsTheRequestsOfAPipelineHoweverItIsCut, ()) {
  std::vector<ParsedRequest> requests;
  std::string bytes;
  const int count = *rc::gen::inRange(1, 6);
  for (int made = 0; made < count; ++made) {
    const auto [request, text] = any_request();
    requests.push_back(request);
    bytes += text;
  }
  const auto whole = parse_all(bytes);
  RC_ASSERT(whole.detail == "");
  RC_ASSERT(whole.requests == requests);
  RC_ASSERT(whole.stage == RequestParser::Stage::kIdle);
  RC_ASSERT(parse_in_pieces(bytes) == whole);
  RC_ASSERT(beast_agrees(bytes, requests));
}

// Our answer to damaged requests is mostly no; where it is yes, Beast's must be, too.
RC_GTEST_PROP(RequestParserProperty, AcceptsNoDamagedRequestThatBeastRefuses, ()) {
  std::string bytes = any_request().second;
  const int damages = *rc::gen::inRange(1, 4);
  for (int count = 0; count < damages; ++count) {
    const auto at = *rc::gen::inRange<std::size_t>(0, bytes.size());
    const auto piece = *rc::gen::element<std::string>(
        "\r", "\n", "\r\n", " ", "\t", ":", std::string(1, '\0'), "\x7f", "Content-Length: 3\r\n",
        "a", "Transfer-Encoding: chunked\r\n", "0", ",", "\r\n\r\n", ";", "HTTP/1.1");
    bytes.replace(at, *rc::gen::inRange<std::size_t>(0, 3), piece);
  }
  const auto whole = parse_all(bytes);
  RC_ASSERT(parse_in_pieces(bytes) == whole);
  RC_CLASSIFY(!whole.requests.empty(), "accepted");
  RC_LOG() << testing::PrintToString(bytes) << "\n";
  RC_ASSERT(beast_agrees(bytes, whole.requests));
}

// Random limits: the first fault in the order of the bytes decides, not the way they arrive.
RC_GTEST_PROP(RequestParserProperty, HoldsLimitsHoweverTheBytesAreCut, ()) {
  Limits limits;
  limits.request_line_bytes = *rc::gen::inRange<std::size_t>(10, 50);
  limits.header_bytes = *rc::gen::inRange<std::size_t>(10, 100);
  limits.header_fields = *rc::gen::inRange<std::size_t>(1, 6);
  const auto body_limit = *rc::gen::inRange<std::size_t>(0, 200);
  std::string bytes = any_request().second;
  if (*rc::gen::arbitrary<bool>()) bytes[*rc::gen::inRange<std::size_t>(0, bytes.size())] = '\x01';
  const auto whole = parse_all(bytes, limits, body_limit);
  ParserFixture bytewise(limits, body_limit);
  for (const char byte : bytes) bytewise.feed({&byte, 1});
  RC_CLASSIFY(whole.status == 414, "414");
  RC_CLASSIFY(whole.status == 431, "431");
  RC_CLASSIFY(whole.status == 413, "413");
  RC_ASSERT(bytewise.result() == whole);
}

}  // namespace
}  // namespace voucher::http
