#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <ctime>
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

TEST(ServerLoad, StopsReadingWhileMuchIsUnsent) {
  TestServer server;
  TestClient client(server.port(), 4096);
  std::string batch;
  for (int count = 0; count < 100; ++count) batch += get("/large");
  client.send(batch);
  std::this_thread::sleep_for(300ms);
  // Each is 4 MiB; the socket's buffers take one or two.
  EXPECT_LE(server->statistics().requests, 4U);
  client.close(true);
}

TEST(ServerLoad, SendsLargeAnswersToASlowReader) {
  TestServer server;
  TestClient client(server.port(), 65'536);
  client.send(get("/large") + get("/large") + get("/close"));
  std::this_thread::sleep_for(50ms);
  const auto answer = client.receive({}, 30s);
  EXPECT_TRUE(answer.closed);
  EXPECT_EQ(count_of(answer.bytes, "Content-Length: 4194304"), 2U);
  EXPECT_GT(answer.bytes.size(), 2U * 4'194'304U);
  EXPECT_THAT(answer.bytes.substr(answer.bytes.size() - 100), EndsWith("GET /close "));
}

TEST(ServerLoad, OutlivesClientsThatAbort) {
  TestServer server;
  for (int count = 0; count < 50; ++count) {
    auto in_head = server.connect();
    in_head.send("GET / HT");
    in_head.close(count % 2 == 0);
    auto in_body = server.connect();
    in_body.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab");
    in_body.close(count % 2 == 0);
    auto in_answer = server.connect();
    in_answer.send(get("/large"));
    in_answer.close(count % 2 == 0);
  }
  auto client = server.connect();
  client.send(get("/alive"));
  EXPECT_THAT(client.receive("GET /alive ").bytes, StartsWith("HTTP/1.1 200"));
}

TEST(ServerLoad, ServesAThousandConnections) {
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  TestServer server;
  std::vector<TestClient> clients;
  for (int count = 0; count < 1000; ++count) clients.push_back(server.connect());
  for (int round = 0; round < 2; ++round) {
    for (auto& client : clients) ASSERT_TRUE(client.send(get("/many")));
    for (auto& client : clients) {
      ASSERT_THAT(client.receive("GET /many ").bytes, StartsWith("HTTP/1.1 200"));
    }
  }
  EXPECT_EQ(server->statistics().connections_open, 1000U);
  EXPECT_EQ(server->statistics().requests, 2000U);
}

TEST(ServerLoad, ClosesConnectionsOverTheLimitAtOnce) {
  Limits limits;
  limits.connections = 3;
  TestServer server(limits);
  std::vector<TestClient> clients;
  for (int count = 0; count < 3; ++count) {
    clients.push_back(server.connect());
    clients.back().send(get("/in"));
    ASSERT_THAT(clients.back().receive("GET /in ").bytes, StartsWith("HTTP/1.1 200"));
  }
  auto refused = server.connect();
  EXPECT_EQ(refused.receive().bytes, "");
  EXPECT_EQ(server->statistics().connections_refused, 1U);
  EXPECT_EQ(server->statistics().connections_open, 3U);

  clients.pop_back();
  const auto deadline = std::chrono::steady_clock::now() + 5s;
  while (server->statistics().connections_open > 2 && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(5ms);
  }
  auto next = server.connect();
  next.send(get("/in"));
  EXPECT_THAT(next.receive("GET /in ").bytes, StartsWith("HTTP/1.1 200"));
}

double cpu_seconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

TEST(ServerLoad, WaitsWithoutSpinningWhenDescriptorsRunOut) {
  TestServer server({}, 1);
  rlimit original{};
  getrlimit(RLIMIT_NOFILE, &original);
  std::vector<TestClient> clients;
  clients.push_back(server.connect());
  clients.back().send(get("/first"));
  ASSERT_THAT(clients.back().receive("GET /first ").bytes, StartsWith("HTTP/1.1 200"));

  // The client's own socket takes the last descriptor that is allowed.
  const int last = ::dup(0);
  ::close(last);
  rlimit tight = original;
  tight.rlim_cur = static_cast<rlim_t>(last) + 1;
  setrlimit(RLIMIT_NOFILE, &tight);
  clients.push_back(server.connect());
  ASSERT_TRUE(clients.back().connected());
  clients.back().send(get("/second"));
  const double before = cpu_seconds();
  const auto starved = clients.back().receive("GET /second ", 400ms);
  EXPECT_LT(cpu_seconds() - before, 0.2);
  EXPECT_EQ(starved.bytes, "");
  setrlimit(RLIMIT_NOFILE, &original);
  EXPECT_THAT(clients.back().receive("GET /second ").bytes, StartsWith("HTTP/1.1 200"));
}

}  // namespace
}  // namespace voucher::http
