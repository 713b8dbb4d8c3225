#include "api/decision_log/decision_log.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <latch>
#include <set>
#include <sstream>
#include <thread>

#include "api/api_fixture.h"
#include "base/files.h"

namespace voucher {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view kDecisions = "/v1/customer/voucher/decisions";
constexpr std::string_view kBatch = "/v1/customer/voucher/decisions/batch";
constexpr std::string_view kClassic = "/get-segment-voucher";

class DecisionLogTest : public ApiTest {
 protected:
  void SetUp() override {
    fs::remove_all(folder);
    fs::create_directories(folder);
    warehouse.publish(kVoucherId, voucher_snapshot());
    warehouse.publish(kDiscountId, discount_snapshot());
  }
  void TearDown() override { fs::remove_all(folder); }

  void start(std::size_t buffer_bytes = 1U << 16U) {
    DecisionLogOptions options;
    options.file = path;
    options.buffer_bytes = buffer_bytes;
    options.interval = std::chrono::milliseconds(1);
    options.patience = std::chrono::milliseconds(1);
    options.tell = [this](bool failing, std::string_view message) {
      told.emplace_back((failing ? "failing: " : "sound: ") + std::string(message));
    };
    auto started = DecisionLog::start(std::move(options));
    ASSERT_TRUE(started) << started.error().message;
    log = std::move(*started);
    Services services;
    services.decision_log = log.get();
    serve({}, std::move(services));
  }

  /// Ends the log; its lines.
  std::vector<json> finish() {
    log.reset();
    return lines_of(path);
  }
  static std::vector<json> lines_of(const fs::path& file) {
    std::istringstream text(*read_file(file));
    std::vector<json> lines;
    for (std::string line; std::getline(text, line);) lines.push_back(json::parse(line));
    return lines;
  }

  void wait_for(const std::function<bool()>& condition) const {
    for (int i = 0; i < 5000 && !condition(); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    EXPECT_TRUE(condition());
  }

  const fs::path folder =
      fs::path(testing::TempDir()) /
      ("decision_log_" +
       std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
  const fs::path path = folder / "decisions.jsonl";
  std::vector<std::string> told;
  std::unique_ptr<DecisionLog> log;
};

TEST_F(DecisionLogTest, SaysWhatWasAskedAndAnswered) {
  start();
  json request = json::parse(kDocumentedRequest);
  request["last_order_ts"] = "2018-05-03T02:00:00.5+02:00";
  request["total_orders"] = "15.0";
  request["unknown"] = "not logged";
  const json answer = post(kDecisions, request.dump(), {{"X-Request-ID", "mine-1"}}).json();
  const auto lines = finish();
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0],
            json({{"log_format", 1},
                  {"time", "2018-07-10T00:00:00Z"},
                  {"decision_id", answer["decision_id"]},
                  {"request_id", "mine-1"},
                  {"domain", "customer"},
                  {"dataset", "voucher"},
                  {"version", 1},
                  {"snapshot", answer["snapshot"]},
                  {"request",
                   {{"customer_id", 123},
                    {"country_code", "Peru"},
                    {"last_order_ts", "2018-05-03T00:00:00.500000Z"},
                    {"first_order_ts", "2017-05-03T00:00:00Z"},
                    {"total_orders", 15},
                    {"segment_name", "recency_segment"},
                    {"as_of", "2018-07-10T00:00:00Z"}}},
                  {"answer",
                   {{"voucher_amount", 2640},
                    {"segment", "61-90"},
                    {"reason", "SEGMENT"},
                    {"evidence", {{"level", "segment"}, {"support", 812}, {"total", 1990}}}}}}));
}

struct Asked {
  const char* country;
  const char* last_order;
  json answer;
};

TEST_F(DecisionLogTest, TellsTheLevelsOfEvidenceApart) {
  start();
  const std::vector<Asked> asked{
      {"chile",
       "2018-05-03",
       {{"voucher_amount", 1000},
        {"segment", "61-90"},
        {"reason", "FALLBACK_GROUP"},
        {"evidence", {{"level", "group"}, {"support", 1}, {"total", 1}}}}},
      {"Chile",
       "2018-07-09",
       {{"voucher_amount", 1000},
        {"segment", nullptr},
        {"reason", "FALLBACK_GROUP"},
        {"evidence", {{"level", "group"}, {"support", 1}, {"total", 1}}}}},
      {"Nowhere \"\\\n",
       "2018-05-03",
       {{"voucher_amount", nullptr},
        {"segment", "61-90"},
        {"reason", "NO_DATA"},
        {"evidence", nullptr}}}};
  for (const Asked& one : asked) {
    json request = json::parse(kDocumentedRequest);
    request["country_code"] = one.country;
    request["last_order_ts"] = one.last_order;
    post(kClassic, request.dump());
  }
  const auto lines = finish();
  ASSERT_EQ(lines.size(), asked.size());
  std::set<std::string> ids;
  for (std::size_t i = 0; i < asked.size(); ++i) {
    EXPECT_EQ(lines[i]["answer"], asked[i].answer);
    EXPECT_EQ(lines[i]["request"]["country_code"], asked[i].country);
    ids.insert(lines[i]["decision_id"].get<std::string>());
  }
  EXPECT_EQ(ids.size(), asked.size());
}

TEST_F(DecisionLogTest, KnowsTextSubjectsAndMissingValues) {
  start();
  post(
      "/v1/shop/discount/decisions",
      R"({"account":"7 \"x\"","region":"nord","channel":null,"seen":"2018-01-01","basket":3,"segment_name":"size"})");
  const auto lines = finish();
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0]["dataset"], "discount");
  EXPECT_EQ(lines[0]["request"]["account"], "7 \"x\"");
  EXPECT_TRUE(lines[0]["request"]["channel"].is_null());
  EXPECT_EQ(lines[0]["answer"]["segment"], "small \"s\"");
}

TEST_F(DecisionLogTest, HoldsTheItemsOfABatchThatWereDecided) {
  start();
  const std::string good(kDocumentedRequest);
  const auto answer = post(kBatch, "{\"items\":[" + good + ",{\"customer_id\":1}," + good + "]}");
  EXPECT_EQ(answer.json()["items"].size(), 3U);
  const auto lines = finish();
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0]["decision_id"], answer.json()["items"][0]["decision"]["decision_id"]);
  EXPECT_EQ(lines[1]["decision_id"], answer.json()["items"][2]["decision"]["decision_id"]);
  EXPECT_EQ(lines[0]["request_id"], lines[1]["request_id"]);
}

TEST_F(DecisionLogTest, HoldsNothingOfRequestsThatWereRefused) {
  start();
  const std::string good(kDocumentedRequest);
  EXPECT_EQ(post(kBatch, "{\"items\":[" + good + "]").status, 400);
  EXPECT_EQ(post(kBatch, "{\"items\":[" + good + "],\"items\":[]}").status, 422);
  EXPECT_EQ(post(kDecisions, R"({"customer_id":1})").status, 422);
  EXPECT_EQ(get("/v1/datasets").status, 200);
  EXPECT_EQ(post(kDecisions, good).status, 200);
  EXPECT_EQ(finish().size(), 1U);
}

TEST_F(DecisionLogTest, NamesTheVersionThatDecided) {
  start();
  post(kDecisions, kDocumentedRequest);
  warehouse.publish(kVoucherId, voucher_snapshot(2000));
  reloader->look();
  post(kDecisions, kDocumentedRequest);
  const auto lines = finish();
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0]["version"], 1);
  EXPECT_EQ(lines[0]["answer"]["voucher_amount"], 2640);
  EXPECT_EQ(lines[1]["version"], 2);
  EXPECT_EQ(lines[1]["answer"]["voucher_amount"], 2000);
}

TEST_F(DecisionLogTest, CountsWhatItDropsAndRecovers) {
  start(4096);
  post(kDecisions, kDocumentedRequest);
  wait_for([&] { return log->statistics().written == 1; });
  fs::rename(folder, folder.string() + ".away");
  for (int i = 0; i < 5000; ++i) EXPECT_EQ(post(kClassic, kDocumentedRequest).status, 200);
  wait_for([&] { return log->statistics().failing; });
  const std::string page = get("/metrics").body;
  EXPECT_THAT(page, HasSubstr("voucher_decision_log_failing 1\n"));
  const DecisionLogStatistics failing = log->statistics();
  EXPECT_GT(failing.dropped, 0U);
  fs::rename(folder.string() + ".away", folder);
  wait_for([&] { return !log->statistics().failing; });
  post(kDecisions, kDocumentedRequest);
  wait_for([&] {
    const auto now = log->statistics();
    return now.written + now.dropped == 5002;
  });
  const DecisionLogStatistics after = log->statistics();
  EXPECT_EQ(finish().size(), after.written);
  EXPECT_GT(after.failures, 0U);
  ASSERT_EQ(told.size(), 2U);
  EXPECT_THAT(told[0], HasSubstr("failing: cannot open the decision log"));
  EXPECT_THAT(told[1], HasSubstr("sound: "));
}

TEST_F(DecisionLogTest, SaysAtItsEndWhatItCouldNotWrite) {
  start();
  fs::remove_all(folder);
  post(kDecisions, kDocumentedRequest);
  log.reset();
  ASSERT_FALSE(told.empty());
  EXPECT_THAT(told.back(), HasSubstr("1 decisions could not be written"));
}

TEST_F(DecisionLogTest, LosesNothingOfManyThreads) {
  constexpr int kThreads = 4;
  constexpr int kEach = 3000;
  start(1U << 22U);
  std::latch ready(kThreads);
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      ready.arrive_and_wait();
      for (int i = 0; i < kEach; ++i) {
        json request = json::parse(kDocumentedRequest);
        request["customer_id"] = thread * kEach + i;
        post(i % 2 == 0 ? kClassic : kDecisions, request.dump());
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(log->statistics().dropped, 0U);
  std::set<std::int64_t> customers;
  for (const json& line : finish())
    customers.insert(line["request"]["customer_id"].get<std::int64_t>());
  EXPECT_EQ(customers.size(), static_cast<std::size_t>(kThreads * kEach));
}

TEST_F(DecisionLogTest, DoesNotStartWhereTheFileCannotBe) {
  DecisionLogOptions options;
  options.file = folder / "nowhere" / "log";
  const auto started = DecisionLog::start(std::move(options));
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().kind, ErrorKind::kUnavailable);
}

}  // namespace
}  // namespace voucher
