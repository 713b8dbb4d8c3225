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

TEST(ServerAddress, SaysThatAPortIsTaken) {
  TestServer server;
  const auto second = Server::listen(TestServer::options({}, 1, server.port()));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::kUnavailable);
  EXPECT_THAT(second.error().message, HasSubstr(std::to_string(server.port())));
  EXPECT_THAT(second.error().message, HasSubstr("in use"));
}

TEST(ServerAddress, SaysThatAnAddressIsNotOurs) {
  auto options = TestServer::options({}, 1, 0);
  options.host = "192.0.2.1";
  const auto foreign = Server::listen(std::move(options));
  ASSERT_FALSE(foreign);
  EXPECT_EQ(foreign.error().kind, ErrorKind::kUnavailable);
}

TEST(ServerAddress, ListensOnAName) {
  auto options = TestServer::options({}, 1, 0);
  options.host = "localhost";
  EXPECT_TRUE(Server::listen(std::move(options)));
}

TEST(ServerAddress, RestartsOnTheSamePortAtOnce) {
  std::uint16_t port = 0;
  for (int round = 0; round < 5; ++round) {
    TestServer server({}, 2, port);
    port = server.port();
    auto client = server.connect();
    client.send(get("/again") + get("/close"));
    EXPECT_TRUE(client.receive().closed);
  }
}

TEST(ServerStop, ClosesIdleConnectionsAtOnce) {
  TestServer server;
  auto idle = server.connect();
  idle.send(get("/a"));
  EXPECT_THAT(idle.receive("GET /a ").bytes, StartsWith("HTTP/1.1 200"));
  const auto start = std::chrono::steady_clock::now();
  server.stop();
  EXPECT_LT(std::chrono::steady_clock::now() - start, 1s);
  EXPECT_TRUE(idle.receive().closed);
  EXPECT_FALSE(server.connect().connected());
}

TEST(ServerStop, LetsRequestsInFlightFinish) {
  TestServer server;
  auto client = server.connect();
  client.send("POST /late HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbo");
  std::this_thread::sleep_for(50ms);
  server->stop();
  std::this_thread::sleep_for(100ms);
  client.send("dy");
  const auto answer = client.receive();
  EXPECT_THAT(answer.bytes, HasSubstr("Connection: close\r\n"));
  EXPECT_THAT(answer.bytes, EndsWith("POST /late body"));
  EXPECT_TRUE(answer.closed);
  server.stop();
}

TEST(ServerStop, GivesUpOnRequestsAfterTheDeadline) {
  Limits limits = short_limits();
  limits.read_deadline = 60s;
  TestServer server(limits);
  auto client = server.connect();
  client.send("GET /never");
  std::this_thread::sleep_for(50ms);
  const auto start = std::chrono::steady_clock::now();
  server.stop();
  const auto took = std::chrono::steady_clock::now() - start;
  EXPECT_GE(took, 400ms);
  EXPECT_LT(took, 3s);
}

TEST(ServerStop, AnswersWhatHasArrivedBefore) {
  for (int round = 0; round < 20; ++round) {
    TestServer server({}, 2);
    auto client = server.connect();
    client.send(get("/in-time"));
    server->stop();
    EXPECT_THAT(client.receive().bytes, HasSubstr("GET /in-time ")) << round;
  }
}

TEST(ServerStop, MayComeBeforeRunAndManyTimes) {
  auto server = Server::listen(TestServer::options({}, 2, 0));
  ASSERT_TRUE(server);
  (*server)->stop();
  (*server)->stop();
  (*server)->run();
  (*server)->stop();
}

TEST(ServerStop, MayComeFromManyThreads) {
  TestServer server;
  std::vector<std::jthread> threads;
  for (int count = 0; count < 8; ++count) threads.emplace_back([&] { server->stop(); });
}

TEST(ServerStop, NeedsNoRun) {
  auto server = Server::listen(TestServer::options({}, 2, 0));
  ASSERT_TRUE(server);
  TestClient client((*server)->port());
  EXPECT_TRUE(client.connected());
}

}  // namespace
}  // namespace voucher::http
