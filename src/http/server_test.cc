#include "http/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "http/test_client.h"

namespace voucher::http {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST(Server, AnswersARequest) {
  TestServer server;
  auto client = server.connect();
  client.send(post("/a", "body"));
  const auto answer = client.receive("POST /a body").bytes;
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\nDate: "));
  EXPECT_THAT(answer, HasSubstr(" GMT\r\n"));
  EXPECT_THAT(answer, HasSubstr("\r\nContent-Type: application/json\r\n"));
  EXPECT_THAT(answer, HasSubstr("\r\nContent-Length: 12\r\n"));
  EXPECT_THAT(answer, HasSubstr("\r\nX-Name: value\r\n\r\nPOST /a body"));
  EXPECT_THAT(answer, Not(HasSubstr("Connection:")));
}

TEST(Server, KeepsAConnectionForManyRequests) {
  TestServer server;
  auto client = server.connect();
  for (int count = 0; count < 100; ++count) {
    const std::string path = "/" + std::to_string(count) + " ";
    client.send(get("/" + std::to_string(count)));
    ASSERT_THAT(client.receive("GET " + path).bytes, StartsWith("HTTP/1.1 200"));
  }
  EXPECT_EQ(server->statistics().connections_accepted, 1U);
  EXPECT_EQ(server->statistics().requests, 100U);
}

TEST(Server, AnswersPipelinedRequestsInOrder) {
  TestServer server;
  for (const std::size_t depth : {1U, 2U, 10U, 100U, 1000U}) {
    std::string batch;
    std::string expected;
    for (std::size_t count = 0; count < depth; ++count) {
      batch += post("/" + std::to_string(count), std::to_string(count));
    }
    batch += get("/close");
    auto client = server.connect();
    client.send(batch);
    const auto received = client.receive();
    EXPECT_TRUE(received.closed);
    std::size_t at = 0;
    for (std::size_t count = 0; count < depth; ++count) {
      const auto number = std::to_string(count);
      at = received.bytes.find("POST /" + number + " " + number, at);
      ASSERT_NE(at, std::string::npos) << count << " of " << depth;
    }
    EXPECT_EQ(count_of(received.bytes, "HTTP/1.1 200 OK"), depth + 1);
  }
}

TEST(Server, AnswersThePipelineInOneWrite) {
  TestServer server;
  auto client = server.connect();
  client.send(get("/1") + get("/2") + get("/3"));
  EXPECT_EQ(count_of(client.receive("GET /3 ").bytes, "HTTP/1.1 200 OK"), 3U);
  // Without Nagle's delay each write is a segment of its own.
  EXPECT_EQ(client.packets_received(), 1U);
  client.send(get("/4"));
  client.receive("GET /4 ");
  EXPECT_EQ(client.packets_received(), 2U);
}

TEST(Server, AnswersARequestCutAnywhere) {
  TestServer server;
  const std::string request = post("/cut", "body");
  for (std::size_t cut = 1; cut < request.size(); cut += 3) {
    auto client = server.connect();
    client.send(std::string_view(request).substr(0, cut));
    std::this_thread::sleep_for(2ms);
    client.send(std::string_view(request).substr(cut));
    EXPECT_THAT(client.receive("POST /cut body").bytes, EndsWith("POST /cut body")) << cut;
  }
}

TEST(Server, ReadsLargeAndChunkedBodies) {
  TestServer server;
  auto client = server.connect();
  const std::string body(1'048'576, 'y');
  client.send(post("/big", body));
  EXPECT_THAT(client.receive(body).bytes, EndsWith(body));
  client.send("POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
  client.send("3\r\nabc\r\n");
  client.send("2\r\nde\r\n0\r\n\r\n");
  EXPECT_THAT(client.receive("POST /c abcde").bytes, StartsWith("HTTP/1.1 200"));
}

TEST(Server, SendsNoBodyForHead) {
  TestServer server;
  auto client = server.connect();
  client.send("HEAD /large HTTP/1.1\r\nHost: a\r\n\r\n" + get("/next"));
  const auto answer = client.receive("GET /next ").bytes;
  EXPECT_THAT(answer, HasSubstr("Content-Length: 4194304\r\n\r\nHTTP/1.1 200 OK"));
}

TEST(Server, SendsNeitherBodyNorLengthFor204And304) {
  TestServer server;
  auto client = server.connect();
  client.send(get("/empty") + get("/unchanged") + get("/close"));
  const auto answer = client.receive().bytes;
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 204 No Content\r\n"));
  EXPECT_THAT(answer, HasSubstr("HTTP/1.1 304 Not Modified\r\n"));
  EXPECT_EQ(count_of(answer, "Content-Length"), 1U);
  EXPECT_THAT(answer, Not(HasSubstr("GET /empty")));
}

TEST(Server, ClosesWhenEitherSideAsks) {
  TestServer server;
  auto polite = server.connect();
  polite.send(get("/a", "Connection: x, Close\r\n") + get("/b"));
  const auto answer = polite.receive();
  EXPECT_TRUE(answer.closed);
  EXPECT_THAT(answer.bytes, HasSubstr("\r\nConnection: close\r\n"));
  EXPECT_THAT(answer.bytes, Not(HasSubstr("GET /b")));

  auto other = server.connect();
  other.send(get("/close"));
  EXPECT_TRUE(other.receive().closed);
}

TEST(Server, AnswersAThrowingHandlerWith500AndLivesOn) {
  TestServer server;
  auto client = server.connect();
  client.send(get("/throw") + get("/next"));
  const auto answer = client.receive("GET /next ").bytes;
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 500 Internal Server Error\r\n"));
  EXPECT_THAT(answer, HasSubstr("GET /next "));
}

TEST(Server, AnswersEveryProtocolErrorAndCloses) {
  Limits limits = short_limits();
  TestServer server(limits);
  const std::string host = " HTTP/1.1\r\nHost: a\r\n";
  const std::pair<int, std::string> cases[] = {
      {400, "GET / HTTP/1.1\r\n\r\n"},
      {408, "GET /"},
      {408, "POST /" + host + "Content-Length: 2\r\n\r\na"},
      {413, "POST /" + host + "Content-Length: 4097\r\n\r\n" + std::string(4097, 'x')},
      {413, "POST /" + host + "Transfer-Encoding: chunked\r\n\r\n1001\r\n"},
      {414, "GET /" + std::string(2048, 'x') + host + "\r\n"},
      {417, "POST /" + host + "Expect: gold\r\n\r\n"},
      {431, "GET /" + host + "X: " + std::string(8192, 'x') + "\r\n\r\n"},
      {501, "POST /" + host + "Transfer-Encoding: gzip\r\n\r\n"},
      {501, "FETCH /" + host + "\r\n"},
      {505, "GET / HTTP/1.0\r\nHost: a\r\n\r\n"},
  };
  for (const auto& [status, request] : cases) {
    auto client = server.connect();
    client.send(request);
    const auto answer = client.receive();
    const auto number = std::to_string(status);
    EXPECT_THAT(answer.bytes, StartsWith("HTTP/1.1 " + number)) << request.substr(0, 60);
    EXPECT_THAT(answer.bytes, HasSubstr("\r\n\r\nerror " + number + ": "));
    EXPECT_THAT(answer.bytes, HasSubstr("\r\nConnection: close\r\n"));
    EXPECT_TRUE(answer.closed) << request.substr(0, 60);
  }
  EXPECT_EQ(server->statistics().protocol_errors, std::size(cases));
  EXPECT_EQ(server->statistics().requests, 0U);
}

TEST(Server, AnswersGoodRequestsBeforeABadOne) {
  TestServer server;
  auto client = server.connect();
  client.send(get("/1") + get("/2") + "\x01\r\n\r\n" + get("/3"));
  const auto answer = client.receive();
  EXPECT_EQ(count_of(answer.bytes, "HTTP/1.1 200 OK"), 2U);
  EXPECT_THAT(answer.bytes, HasSubstr("HTTP/1.1 400 Bad Request"));
  EXPECT_THAT(answer.bytes, Not(HasSubstr("GET /3")));
}

TEST(Server, DeliversTheErrorAlthoughTheClientStillSends) {
  TestServer server;
  for (int round = 0; round < 20; ++round) {
    auto client = server.connect();
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n");
    client.send(std::string(30'000, 'x'));
    std::this_thread::sleep_for(2ms);
    client.send(std::string(30'000, 'x'));
    const auto answer = client.receive();
    ASSERT_FALSE(answer.reset);
    ASSERT_THAT(answer.bytes, StartsWith("HTTP/1.1 413"));
  }
}

TEST(Server, DrainsOnlySoMuchAndOnlySoLong) {
  Limits limits = short_limits();
  limits.drain_deadline = 60s;
  TestServer server(limits);
  auto flood = server.connect();
  flood.send("BAD\x01");
  bool sent = true;
  for (int count = 0; sent && count < 1000; ++count) sent = flood.send(std::string(65'536, 'x'));
  EXPECT_FALSE(sent);

  limits.drain_deadline = 200ms;
  TestServer other(limits);
  auto silent = other.connect();
  silent.send("BAD\x01");
  EXPECT_TRUE(silent.receive().closed);
  const auto deadline = std::chrono::steady_clock::now() + 5s;
  while (other->statistics().connections_open > 0 && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(10ms);
  }
  EXPECT_EQ(other->statistics().connections_open, 0U);
}

TEST(Server, SendsContinueBeforeTheBody) {
  TestServer server;
  auto client = server.connect();
  client.send(get("/first") +
              "POST /e HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
  const auto interim = client.receive("100 Continue\r\n\r\n").bytes;
  EXPECT_THAT(interim, StartsWith("HTTP/1.1 200 OK"));
  EXPECT_THAT(interim, EndsWith("HTTP/1.1 100 Continue\r\n\r\n"));
  client.send("body");
  const auto answer = client.receive("POST /e body").bytes;
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK"));
  EXPECT_EQ(count_of(answer, "100 Continue"), 0U);
}

TEST(Server, RefusesABodyThatIsTooLargeInsteadOfContinue) {
  TestServer server;
  auto client = server.connect();
  client.send("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 9999\r\n\r\n");
  EXPECT_THAT(client.receive().bytes, StartsWith("HTTP/1.1 413"));
}

TEST(Server, AnswersAClientThatHasFinishedSending) {
  TestServer server;
  auto client = server.connect();
  client.send(get("/half"));
  client.finish_sending();
  const auto answer = client.receive();
  EXPECT_THAT(answer.bytes, HasSubstr("GET /half "));
  EXPECT_TRUE(answer.closed);
}

}  // namespace
}  // namespace voucher::http
