// Requests that two readers could understand differently, and other malformed ones: a table.
#include <gtest/gtest.h>

#include <ostream>
#include <string>

#include "http/parser_fixture.h"

namespace voucher::http {
namespace {

using namespace std::string_literals;

struct Case {
  std::string name;
  std::string bytes;
  int status = 400;

  friend std::ostream& operator<<(std::ostream& out, const Case& what) { return out << what.name; }
};

std::string get(const std::string& fields) {
  return "GET / HTTP/1.1\r\n" + fields + "\r\n";
}
std::string post(const std::string& fields, const std::string& body) {
  return "POST / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n" + body;
}
std::string line(const std::string& text) {
  return text + "\r\nHost: a\r\n\r\n";
}

const Case kCases[] = {
    {"NoHost", get("")},
    {"TwoHosts", get("Host: a\r\nHost: a\r\n")},
    {"EmptyHost", get("Host:\r\n")},
    {"HostWithUser", get("Host: u@a\r\n")},
    {"HostWithBlank", get("Host: a b\r\n")},
    {"HostList", get("Host: a,b/\r\n")},
    {"HostWithBadPort", get("Host: a:99999\r\n")},
    {"HostWithTextPort", get("Host: a:b\r\n")},
    {"HostWithNonAscii", get("Host: \xC3\xA4\r\n")},
    {"HostUnclosedBracket", get("Host: [::1\r\n")},
    {"LengthAndChunked", post("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")},
    {"ChunkedAndLength", post("Transfer-Encoding: chunked\r\nContent-Length: 1\r\n", "0\r\n\r\n")},
    {"TwoLengths", post("Content-Length: 1\r\nContent-Length: 1\r\n", "x")},
    {"TwoDifferentLengths", post("Content-Length: 1\r\nContent-Length: 2\r\n", "x")},
    {"LengthList", post("Content-Length: 1, 1\r\n", "x")},
    {"LengthWithPlus", post("Content-Length: +1\r\n", "x")},
    {"NegativeLength", post("Content-Length: -1\r\n", "x")},
    {"HexadecimalLength", post("Content-Length: 0x1\r\n", "x")},
    {"EmptyLength", post("Content-Length:\r\n", "x")},
    {"LengthOverflow", post("Content-Length: 99999999999999999999\r\n", "x")},
    {"LengthWithInnerBlank", post("Content-Length: 1 1\r\n", "x")},
    {"UnknownCoding", post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"), 501},
    {"Identity", post("Transfer-Encoding: identity\r\n", ""), 501},
    {"CompressedChunked", post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"), 501},
    {"ChunkedNotLast", post("Transfer-Encoding: chunked, gzip\r\n", "0\r\n\r\n")},
    {"ChunkedTwice", post("Transfer-Encoding: chunked, chunked\r\n", "0\r\n\r\n")},
    {"TwoCodingFields",
     post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")},
    {"EmptyCoding", post("Transfer-Encoding:\r\n", "0\r\n\r\n")},
    {"CodingWithTrailingComma", post("Transfer-Encoding: chunked,\r\n", "0\r\n\r\n")},
    {"CodingWithLeadingComma", post("Transfer-Encoding: ,chunked\r\n", "0\r\n\r\n")},
    {"CodingWithParameter", post("Transfer-Encoding: chunked;q=1\r\n", "0\r\n\r\n")},
    {"QuotedCoding", post("Transfer-Encoding: \"chunked\"\r\n", "0\r\n\r\n")},
    {"VerticalTabInCoding", post("Transfer-Encoding: \x0b"
                                 "chunked\r\n",
                                 "0\r\n\r\n")},
    {"BlankBeforeColon", post("Transfer-Encoding : chunked\r\n", "0\r\n\r\n")},
    {"TabBeforeColon", post("Content-Length\t: 1\r\n", "x")},
    {"BlankInConnection", get("Host: a\r\nConnection: c lose\r\n")},
    {"TabInConnection", get("Host: a\r\nConnection: close, a\tb\r\n")},
    {"FoldedField", post("X: a\r\n b\r\n", "")},
    {"FoldedWithTab", post("X: a\r\n\tb\r\n", "")},
    {"FoldedFirstField", "GET / HTTP/1.1\r\n Host: a\r\n\r\n"},
    {"FoldedEmptyField", post("X:\r\n b\r\n", "")},
    {"LineFeedOnly", "GET / HTTP/1.1\nHost: a\n\n"},
    {"LineFeedAfterField", "GET / HTTP/1.1\r\nHost: a\n\r\n"},
    {"LineFeedAtTheEnd", "GET / HTTP/1.1\r\nHost: a\r\n\n"},
    {"CarriageReturnOnly", "GET / HTTP/1.1\rHost: a\r\r"},
    {"CarriageReturnInValue", get("Host: a\r\nX: a\rb\r\n")},
    {"CarriageReturnBeforeTheEnd", "GET / HTTP/1.1\r\nHost: a\r\r\n\r\n"},
    {"NulInValue", get("Host: a\r\nX: a\0b\r\n"s)},
    {"ControlInValue", get("Host: a\r\nX: a\x01"
                           "b\r\n")},
    {"DeleteInValue", get("Host: a\r\nX: a\x7f\r\n")},
    {"NulInName", get("Host: a\r\nX\0Y: a\r\n"s)},
    {"BlankInName", get("Host: a\r\nX Y: a\r\n")},
    {"NonAsciiName", get("Host: a\r\nX\xC3\xA4: a\r\n")},
    {"EmptyName", get("Host: a\r\n: a\r\n")},
    {"NoColon", get("Host: a\r\nX\r\n")},
    {"TwoBlanksAfterMethod", line("GET  / HTTP/1.1")},
    {"TabAfterMethod", line("GET\t/ HTTP/1.1")},
    {"TwoBlanksAfterTarget", line("GET /  HTTP/1.1")},
    {"BlankAfterVersion", line("GET / HTTP/1.1 ")},
    {"BlankBeforeMethod", line(" GET / HTTP/1.1")},
    {"BlankInTarget", line("GET /a b HTTP/1.1")},
    {"NoTarget", line("GET HTTP/1.1")},
    {"RelativeTarget", line("GET a HTTP/1.1")},
    {"Fragment", line("GET /a#b HTTP/1.1")},
    {"NulInTarget", line("GET /\0 HTTP/1.1"s)},
    {"NonAsciiTarget", line("GET /\xC3\xA4 HTTP/1.1")},
    {"QuoteInTarget", line("GET /\" HTTP/1.1")},
    {"BackslashInTarget", line("GET /a\\b HTTP/1.1")},
    {"BracesInTarget", line("GET /{a} HTTP/1.1")},
    {"BracketInQuery", line("GET /?a[]=1 HTTP/1.1")},
    {"CutPercent", line("GET /a%2 HTTP/1.1")},
    {"BadPercent", line("GET /a%zz HTTP/1.1")},
    {"Version09", line("GET /")},
    {"Version10", line("GET / HTTP/1.0"), 505},
    {"Version12", line("GET / HTTP/1.2"), 505},
    {"Version20", line("GET / HTTP/2.0"), 505},
    {"Version30", line("GET / HTTP/3.0"), 505},
    {"Http2Preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
    {"LongVersion", line("GET / HTTP/1.11")},
    {"VersionWithoutMinor", line("GET / HTTP/1")},
    {"LowercaseProtocol", line("GET / http/1.1")},
    {"OtherProtocol", line("GET / RTSP/1.1")},
    {"RtspMethodAndProtocol", line("DESCRIBE / RTSP/1.1")},
    {"IceProtocol", line("SOURCE / ICE/1.1")},
    {"TwoEmptyLinesFirst", "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"LineFeedFirst", "\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"CarriageReturnFirst", "\rGET / HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"TlsHello", "\x16\x03\x01\x02"},
    {"ChunkSizeWithBlank", post("Transfer-Encoding: chunked\r\n", "1 \r\na\r\n0\r\n\r\n")},
    {"ChunkSizeWithPlus", post("Transfer-Encoding: chunked\r\n", "+1\r\na\r\n0\r\n\r\n")},
    {"ChunkSizeWithPrefix", post("Transfer-Encoding: chunked\r\n", "0x1\r\na\r\n0\r\n\r\n")},
    {"NoChunkSize", post("Transfer-Encoding: chunked\r\n", "\r\na\r\n0\r\n\r\n")},
    {"ChunkSizeLineFeed", post("Transfer-Encoding: chunked\r\n", "1\na\r\n0\r\n\r\n")},
    {"ChunkDataLineFeed", post("Transfer-Encoding: chunked\r\n", "1\r\na\n0\r\n\r\n")},
    {"ChunkLongerThanSaid", post("Transfer-Encoding: chunked\r\n", "1\r\nab\r\n0\r\n\r\n")},
    {"ExtensionLineFeed", post("Transfer-Encoding: chunked\r\n", "1;x\na\r\n0\r\n\r\n")},
    {"ExtensionCarriageReturn", post("Transfer-Encoding: chunked\r\n", "1;x\ry\r\na\r\n0\r\n\r\n")},
    {"EmptyExtension", post("Transfer-Encoding: chunked\r\n", "1;\r\na\r\n0\r\n\r\n")},
    {"EmptyExtensionName", post("Transfer-Encoding: chunked\r\n", "1;;a\r\na\r\n0\r\n\r\n")},
    {"EmptyExtensionValue", post("Transfer-Encoding: chunked\r\n", "1;a=\r\na\r\n0\r\n\r\n")},
    {"QuoteInsideExtension",
     post("Transfer-Encoding: chunked\r\n", "1;a=b\"c\"\r\na\r\n0\r\n\r\n")},
    {"QuoteNotClosed", post("Transfer-Encoding: chunked\r\n", "1;a=\"c\r\na\r\n0\r\n\r\n")},
    {"QuoteThenToken", post("Transfer-Encoding: chunked\r\n", "1;a=\"c\"d\r\na\r\n0\r\n\r\n")},
    {"LastChunkLineFeed", post("Transfer-Encoding: chunked\r\n", "0\r\n\n")},
    {"TrailerWithLength", post("Transfer-Encoding: chunked\r\n", "0\r\nContent-Length: 5\r\n\r\n")},
    {"TrailerWithCoding",
     post("Transfer-Encoding: chunked\r\n", "0\r\nTransfer-Encoding: chunked\r\n\r\n")},
    {"TrailerWithHost", post("Transfer-Encoding: chunked\r\n", "0\r\nHost: b\r\n\r\n")},
    {"TrailerWithConnection",
     post("Transfer-Encoding: chunked\r\n", "0\r\nConnection: close\r\n\r\n")},
    {"FoldedTrailer", post("Transfer-Encoding: chunked\r\n", "0\r\nX: a\r\n b\r\n\r\n")},
};

class MalformedRequest : public testing::TestWithParam<Case> {};

TEST_P(MalformedRequest, IsRefusedHoweverItIsCut) {
  const auto& [name, bytes, status] = GetParam();
  const auto whole = parse_all(bytes);
  EXPECT_EQ(whole.status, status) << whole.detail;
  EXPECT_TRUE(whole.requests.empty());
  EXPECT_FALSE(whole.detail.empty());

  ParserFixture bytewise;
  for (const char byte : bytes) bytewise.feed({&byte, 1});
  EXPECT_EQ(bytewise.result(), whole) << bytewise.result().detail;
  for (std::size_t cut = 1; cut < bytes.size(); ++cut) {
    ParserFixture fixture;
    fixture.feed(std::string_view(bytes).substr(0, cut));
    fixture.feed(std::string_view(bytes).substr(cut));
    EXPECT_EQ(fixture.result(), whole) << "cut at " << cut << ": " << fixture.result().detail;
  }
}

TEST_P(MalformedRequest, IsRefusedBehindAGoodOne) {
  const auto& [name, bytes, status] = GetParam();
  const auto result = parse_all("GET /good HTTP/1.1\r\nHost: a\r\n\r\n" + bytes);
  EXPECT_EQ(result.status, status) << result.detail;
  EXPECT_EQ(result.requests.size(), 1U);
}

INSTANTIATE_TEST_SUITE_P(Table, MalformedRequest, testing::ValuesIn(kCases),
                         [](const auto& instance) { return instance.param.name; });

}  // namespace
}  // namespace voucher::http
