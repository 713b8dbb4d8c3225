// Fuzz target (libFuzzer): the parser says the same however the bytes are cut, and Boost.Beast
// accepts whatever it accepts. The first byte chooses the cut.
#include <boost/asio/buffer.hpp>
#include <boost/beast/http.hpp>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "http/parser_fixture.h"

namespace {

using voucher::http::ParseResult;
using voucher::http::ParserFixture;

void check_against_beast(std::string_view bytes, const ParseResult& ours) {
  namespace beast = boost::beast::http;
  for (const auto& expected : ours.requests) {
    if (bytes.starts_with("\r\n")) bytes.remove_prefix(2);
    beast::request_parser<beast::string_body> parser;
    parser.eager(true);
    boost::system::error_code error;
    while (!parser.is_done() && !error) {
      const auto used = parser.put(boost::asio::buffer(bytes.data(), bytes.size()), error);
      bytes.remove_prefix(used);
      CHECK(used > 0 || error);
    }
    CHECK(!error);
    CHECK(parser.get().body() == expected.body);
    CHECK(parser.get().method_string() == expected.method);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t step = data[0] % 16 + 1U;

  const auto whole = voucher::http::parse_all(bytes);
  ParserFixture cut;
  for (std::size_t at = 0; at < bytes.size() && cut.feed(bytes.substr(at, step)); at += step) {
  }
  CHECK(cut.result() == whole);
  check_against_beast(bytes, whole);
  return 0;
}
