#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "http/server.h"
#include "http/test_client.h"

namespace voucher::http {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST(ServerDeadlines, ClosesAnIdleConnectionSilently) {
  TestServer server(short_limits());
  auto fresh = server.connect();
  const auto nothing = fresh.receive();
  EXPECT_TRUE(nothing.closed);
  EXPECT_EQ(nothing.bytes, "");
  auto used = server.connect();
  used.send(get("/a") + "\r\n");
  const auto answer = used.receive();
  EXPECT_TRUE(answer.closed);
  EXPECT_EQ(count_of(answer.bytes, "HTTP/1.1"), 1U);
}

TEST(ServerDeadlines, DoesNotLetASlowHeadRenewItsDeadline) {
  TestServer server(short_limits());
  auto client = server.connect();
  const auto start = std::chrono::steady_clock::now();
  std::string answer;
  for (const char byte : get("/" + std::string(200, 'x'))) {
    client.send({&byte, 1});
    answer = client.receive("\r\n\r\n", 20ms).bytes;
    if (!answer.empty()) break;
  }
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 408"));
  EXPECT_GE(std::chrono::steady_clock::now() - start, 190ms);
  EXPECT_LT(std::chrono::steady_clock::now() - start, 2s);
}

TEST(ServerDeadlines, GivesEachRequestOfAConnectionItsOwnTime) {
  TestServer server(short_limits());
  auto client = server.connect();
  for (int round = 0; round < 5; ++round) {
    client.send("GET /slow HTT");
    std::this_thread::sleep_for(100ms);
    client.send("P/1.1\r\nHost: a\r\n\r\n");
    ASSERT_THAT(client.receive("GET /slow ").bytes, StartsWith("HTTP/1.1 200"));
  }
}

TEST(ServerDeadlines, ClosesOnAClientThatDoesNotRead) {
  TestServer server(short_limits());
  TestClient client(server.port(), 4096);
  for (int count = 0; count < 4; ++count) client.send(get("/large"));
  const auto deadline = std::chrono::steady_clock::now() + 10s;
  while (server->statistics().connections_open > 0 && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(10ms);
  }
  EXPECT_EQ(server->statistics().connections_open, 0U);
}

}  // namespace
}  // namespace voucher::http
