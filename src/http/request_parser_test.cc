#include "http/request_parser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <ctime>
#include <string>

#include "http/parser_fixture.h"

namespace voucher::http {
namespace {

using testing::ElementsAre;
using testing::Pair;
using testing::SizeIs;

constexpr std::string_view kPost =
    "POST /a/b?c=d HTTP/1.1\r\nHost: localhost:80\r\nContent-Length: 5\r\nX-A:  b c "
    "\t\r\n\r\nhello";

std::string with_head(std::string_view fields, std::string_view body = "") {
  return "POST / HTTP/1.1\r\nHost: a\r\n" + std::string(fields) + "\r\n" + std::string(body);
}

TEST(RequestParser, ReadsEveryPartOfARequest) {
  const auto result = parse_all(kPost);
  ASSERT_EQ(result.status, 0) << result.detail;
  ASSERT_THAT(result.requests, SizeIs(1));
  const auto& request = result.requests[0];
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.path, "/a/b");
  EXPECT_EQ(request.query, "c=d");
  EXPECT_EQ(request.body, "hello");
  EXPECT_FALSE(request.close);
  EXPECT_THAT(request.headers, ElementsAre(Pair("Host", "localhost:80"),
                                           Pair("Content-Length", "5"), Pair("X-A", "b c")));
}

TEST(RequestParser, FindsTheSameAtEverySplit) {
  const std::string bytes = std::string(kPost) +
                            "GET /x HTTP/1.1\r\nHost: a\r\n\r\n\r\n"
                            "POST /y HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                            "3;a=\"b\"\r\nabc\r\n0A\r\n0123456789\r\n0\r\nX-T: 1\r\n\r\n" +
                            std::string(kPost);
  const auto whole = parse_all(bytes);
  ASSERT_EQ(whole.status, 0) << whole.detail;
  ASSERT_THAT(whole.requests, SizeIs(4));
  EXPECT_EQ(whole.requests[2].body, "abc0123456789");
  EXPECT_THAT(whole.requests[2].headers, SizeIs(2));
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    ParserFixture fixture;
    fixture.feed(std::string_view(bytes).substr(0, cut));
    fixture.feed(std::string_view(bytes).substr(cut));
    EXPECT_EQ(fixture.result(), whole) << "cut at " << cut;
  }
  ParserFixture bytewise;
  for (const char byte : bytes) bytewise.feed({&byte, 1});
  EXPECT_EQ(bytewise.result(), whole);
}

TEST(RequestParser, ReadsAThousandPipelinedRequests) {
  std::string bytes;
  for (int count = 0; count < 1000; ++count) {
    bytes += "GET /" + std::to_string(count) + " HTTP/1.1\r\nHost: a\r\n\r\n";
  }
  const auto result = parse_all(bytes);
  ASSERT_THAT(result.requests, SizeIs(1000));
  EXPECT_EQ(result.requests[999].path, "/999");
}

TEST(RequestParser, HandsOnMethodsItKnowsAndRefusesOthers) {
  for (const std::string method : {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"}) {
    const auto result = parse_all(method + " / HTTP/1.1\r\nHost: a\r\n\r\n");
    ASSERT_THAT(result.requests, SizeIs(1)) << method;
    EXPECT_EQ(result.requests[0].method, method);
  }
  for (const std::string method : {"FETCH", "get", "GETX", "CONNECT", "X"}) {
    EXPECT_EQ(parse_all(method + " / HTTP/1.1\r\nHost: a\r\n\r\n").status, 501) << method;
  }
}

TEST(RequestParser, AcceptsAbsoluteTargetsThatAgreeWithHost) {
  const auto target = [](const std::string& text) {
    return parse_all("GET " + text + " HTTP/1.1\r\nHost: Example.com:8000\r\n\r\n");
  };
  const auto result = target("http://example.com:8000/a?b");
  ASSERT_THAT(result.requests, SizeIs(1)) << result.detail;
  EXPECT_EQ(result.requests[0].path, "/a");
  EXPECT_EQ(result.requests[0].query, "b");
  EXPECT_EQ(target("http://example.com:8000").requests.at(0).path, "/");
  EXPECT_EQ(target("http://other.com/a").status, 400);
  EXPECT_EQ(target("https://example.com:8000/a").status, 400);
  EXPECT_EQ(target("http://user@example.com:8000/a").status, 400);
}

TEST(RequestParser, TakesAnAsteriskForOptionsOnly) {
  EXPECT_EQ(parse_all("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n").requests.at(0).path, "*");
  EXPECT_EQ(parse_all("GET * HTTP/1.1\r\nHost: a\r\n\r\n").status, 400);
}

TEST(RequestParser, NoticesConnectionCloseInAnyListAndCase) {
  EXPECT_TRUE(parse_all(with_head("Connection: keep-alive, CLOSE\r\n")).requests.at(0).close);
  EXPECT_TRUE(parse_all(with_head("Connection: x\r\nconnection: Close\r\n")).requests.at(0).close);
  EXPECT_FALSE(parse_all(with_head("Connection: closed\r\n")).requests.at(0).close);
}

TEST(RequestParser, DoesNotHonourUpgrades) {
  const std::string upgrade = "Connection: Upgrade\r\nUpgrade: h2c\r\n";
  EXPECT_THAT(parse_all(with_head(upgrade) + with_head(upgrade)).requests, SizeIs(2));
  const auto chunked = with_head(upgrade + "Transfer-Encoding: chunked\r\n", "1\r\na\r\n0\r\n\r\n");
  EXPECT_THAT(parse_all(chunked + chunked).requests, SizeIs(2));
}

TEST(RequestParser, RefusesALongRequestLineAsSoonAsItIsLong) {
  Limits limits;
  limits.request_line_bytes = 40;
  const std::string path(40 - std::string_view("GET  HTTP/1.1").size() - 1, 'a');
  EXPECT_EQ(parse_all("GET /" + path + " HTTP/1.1\r\nHost: a\r\n\r\n", limits).status, 0);
  EXPECT_EQ(parse_all("GET /" + path + "a HTTP/1.1\r\nHost: a\r\n\r\n", limits).status, 414);
  EXPECT_EQ(parse_all("GET /" + std::string(35, 'a'), limits).status, 0);
  EXPECT_EQ(parse_all("GET /" + std::string(36, 'a'), limits).status, 414);
}

TEST(RequestParser, RefusesALargeHeaderAsSoonAsItIsLarge) {
  Limits limits;
  limits.header_bytes = 40;
  const std::string value(40 - std::string_view("Host: a\r\nX: \r\n").size(), 'v');
  const std::string start = "GET / HTTP/1.1\r\nHost: a\r\nX: ";
  EXPECT_EQ(parse_all(start + value + "\r\n\r\n", limits).status, 0);
  EXPECT_EQ(parse_all(start + value + "v\r\n\r\n", limits).status, 431);
  EXPECT_EQ(parse_all(start + std::string(60, 'v'), limits).status, 431);
}

TEST(RequestParser, RefusesTooManyFields) {
  Limits limits;
  limits.header_fields = 3;
  EXPECT_EQ(parse_all(with_head("A: 1\r\nB: 2\r\n"), limits).status, 0);
  EXPECT_EQ(parse_all(with_head("A: 1\r\nB: 2\r\nC: 3\r\n"), limits).status, 431);
  const std::string chunked = "Transfer-Encoding: chunked\r\n";
  EXPECT_EQ(parse_all(with_head(chunked, "0\r\nA: 1\r\nB: 2\r\nC: 3\r\n\r\n"), limits).status, 0);
  EXPECT_EQ(
      parse_all(with_head(chunked, "0\r\nA: 1\r\nB: 2\r\nC: 3\r\nD: 4\r\n\r\n"), limits).status,
      431);
}

TEST(RequestParser, RefusesALargeBodyBeforeItArrives) {
  EXPECT_EQ(parse_all(with_head("Content-Length: 4096\r\n"), {}, 4096).status, 0);
  EXPECT_EQ(parse_all(with_head("Content-Length: 4097\r\n"), {}, 4096).status, 413);
  const std::string chunked = "Transfer-Encoding: chunked\r\n";
  EXPECT_EQ(parse_all(with_head(chunked, "4\r\nabcd\r\n0\r\n\r\n"), {}, 4).requests.at(0).body,
            "abcd");
  EXPECT_EQ(parse_all(with_head(chunked, "5\r\n"), {}, 4).status, 413);
  EXPECT_EQ(parse_all(with_head(chunked, "3\r\nabc\r\n2\r\n"), {}, 4).status, 413);
  EXPECT_EQ(parse_all(with_head(chunked, "ffffffffffffffff\r\n"), {}, 4).status, 413);
  EXPECT_EQ(parse_all(with_head(chunked, "1ffffffffffffffff\r\n"), {}, 4).status, 400);
}

TEST(RequestParser, RefusesChunksThatAreMostlyOverhead) {
  Limits limits;
  limits.header_bytes = 100;
  const std::string head = with_head("Transfer-Encoding: chunked\r\n");
  EXPECT_EQ(parse_all(head + "1;" + std::string(50, 'e') + "\r\na\r\n", limits, 4).status, 0);
  EXPECT_EQ(parse_all(head + "1;" + std::string(200, 'e'), limits, 4).status, 413);
  EXPECT_EQ(parse_all(head + std::string(200, '0'), limits, 4).status, 413);
}

TEST(RequestParser, KeepsMemoryBoundedWhateverTheChunksAre) {
  ParserFixture fixture({}, 100'000);
  fixture.feed(with_head("Transfer-Encoding: chunked\r\n"));
  for (int count = 0; count < 90'000; ++count) ASSERT_TRUE(fixture.feed("1\r\nx\r\n"));
  EXPECT_LT(fixture.parser().prepare().size(), 300'000U);
  fixture.feed("0\r\n\r\n");
  EXPECT_EQ(fixture.result().requests.at(0).body, std::string(90'000, 'x'));
}

TEST(RequestParser, LeavesPaddingBehindTheBody) {
  for (const std::size_t size : {1U, 4096U, 16'000U, 16'320U, 16'384U, 100'000U}) {
    ParserFixture fixture({}, size);
    auto bytes =
        with_head("Content-Length: " + std::to_string(size) + "\r\n", std::string(size, 'x'));
    bytes = std::string_view(bytes).substr(0, bytes.size() - 1);
    fixture.feed(bytes);
    auto room = fixture.parser().prepare();
    room[0] = 'x';
    fixture.parser().commit(1);
    ASSERT_EQ(fixture.parser().next(), RequestParser::Outcome::kRequest);
    const Request& request = fixture.parser().request();
    ASSERT_EQ(request.body.size(), size);
    ASSERT_GE(request.body_padding, 64U);
    // The address sanitizer says whether these bytes are ours.
    int sum = 0;
    for (std::size_t at = 0; at < request.body_padding; ++at) sum += request.body.data()[size + at];
    EXPECT_EQ(sum, sum);
    EXPECT_EQ(request.path, "/");
  }
}

TEST(RequestParser, AsksForTheBodyOnceWhenExpected) {
  ParserFixture fixture;
  fixture.feed(with_head("Expect: 100-Continue\r\nContent-Length: 2\r\n"));
  EXPECT_TRUE(fixture.parser().take_continue());
  EXPECT_FALSE(fixture.parser().take_continue());
  fixture.feed("ab");
  EXPECT_EQ(fixture.result().requests.at(0).body, "ab");

  ParserFixture early;
  early.feed(with_head("Expect: 100-continue\r\nContent-Length: 2\r\n", "a"));
  EXPECT_FALSE(early.parser().take_continue());
  ParserFixture bodiless;
  bodiless.feed(with_head("Expect: 100-continue\r\n"));
  EXPECT_FALSE(bodiless.parser().take_continue());
  EXPECT_EQ(parse_all(with_head("Expect: magic\r\n")).status, 417);
  EXPECT_EQ(parse_all(with_head("Expect: 100-continue\r\nContent-Length: 9999\r\n")).status, 413);
}

TEST(RequestParser, TellsWhatItWaitsFor) {
  using Stage = RequestParser::Stage;
  ParserFixture fixture;
  EXPECT_EQ(fixture.result().stage, Stage::kIdle);
  fixture.feed("\r\n");
  EXPECT_EQ(fixture.result().stage, Stage::kIdle);
  fixture.feed("P");
  EXPECT_EQ(fixture.result().stage, Stage::kHead);
  fixture.feed("OST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n");
  EXPECT_EQ(fixture.result().stage, Stage::kBody);
  fixture.feed("x");
  EXPECT_EQ(fixture.result().stage, Stage::kIdle);
}

double cpu_seconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

TEST(RequestParser, TakesLinearTimeForABodyDeliveredByteByByte) {
  const auto time_of = [](std::size_t size) {
    ParserFixture fixture({}, size);
    fixture.feed(with_head("Content-Length: " + std::to_string(size) + "\r\n"));
    const double start = cpu_seconds();
    for (std::size_t at = 0; at < size; ++at) fixture.feed("x");
    EXPECT_EQ(fixture.result().requests.at(0).body.size(), size);
    return cpu_seconds() - start;
  };
  const double small = std::max({time_of(100'000), time_of(100'000), time_of(100'000)});
  // Quadratic work would take 400 times as long.
  EXPECT_LT(time_of(2'000'000), small * 120);
}

TEST(RequestParser, AcceptsNothingAfterAnError) {
  ParserFixture fixture;
  EXPECT_FALSE(fixture.feed("BAD\x01"));
  EXPECT_EQ(fixture.parser().next(), RequestParser::Outcome::kError);
}

}  // namespace
}  // namespace voucher::http
