#include "api/reloader.h"

#include <gmock/gmock.h>

#include <atomic>
#include <chrono>
#include <latch>
#include <thread>

#include "api/api_fixture.h"

namespace voucher {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class ReloaderTest : public ApiTest {
 protected:
  std::vector<std::string> log;

  void start(ReloaderOptions options = {}) {
    options.log = [this](ReloadEvent event, std::string_view message) {
      log.push_back(std::to_string(static_cast<int>(event)) + " " + std::string(message));
    };
    serve(std::move(options));
  }
  VersionNumber served_version() {
    const auto* served = catalog.current().find("customer", "voucher");
    return served == nullptr ? 0 : served->serving->version();
  }
};

TEST_F(ReloaderTest, ServesWhatIsPublishedNext) {
  start();
  EXPECT_EQ(served_version(), 0);
  warehouse.publish(kVoucherId, voucher_snapshot());
  reloader->look();
  EXPECT_EQ(served_version(), 1);
  warehouse.publish(kVoucherId, voucher_snapshot(2000));
  EXPECT_EQ(served_version(), 1);
  reloader->look();
  EXPECT_EQ(served_version(), 2);
  EXPECT_THAT(get("/v1/customer/voucher/versions").body, HasSubstr(R"("live":2)"));
  EXPECT_EQ(reloader->statistics().reloads, 2U);
  EXPECT_EQ(log.size(), 2U);
}

TEST_F(ReloaderTest, GoesBackWithTheWarehouse) {
  warehouse.publish(kVoucherId, voucher_snapshot());
  warehouse.publish(kVoucherId, voucher_snapshot(2000));
  start();
  warehouse.roll_back(kVoucherId, 1);
  reloader->look();
  EXPECT_EQ(served_version(), 1);
}

TEST_F(ReloaderTest, KeepsServingWhileTheWarehouseFails) {
  warehouse.publish(kVoucherId, voucher_snapshot());
  start();
  warehouse.break_with("disk gone");
  reloader->look();
  reloader->look();
  EXPECT_EQ(served_version(), 1);
  EXPECT_EQ(reloader->statistics().failures, 2U);
  EXPECT_EQ(reloader->statistics().last_error, "disk gone");
  EXPECT_THAT(get("/metrics").body, HasSubstr("voucher_reload_failing 1\n"));
  warehouse.break_with("");
  reloader->look();
  EXPECT_THAT(reloader->statistics().last_error, IsEmpty());
  EXPECT_THAT(log, ElementsAre(HasSubstr("version 1 is served"), "1 disk gone",
                               "2 the warehouse is read again"));
}

TEST_F(ReloaderTest, KeepsTheOldVersionWhereTheNewOneIsDamaged) {
  warehouse.publish(kVoucherId, voucher_snapshot());
  start({.interval = 0ms});
  const VersionNumber damaged = warehouse.publish(kVoucherId, voucher_snapshot(2000));
  warehouse.damage(kVoucherId, damaged);
  reloader->look();
  reloader->look();
  EXPECT_EQ(served_version(), 1);
  EXPECT_THAT(reloader->statistics().last_error,
              HasSubstr("customer/voucher: snapshot is damaged"));
  warehouse.publish(kVoucherId, voucher_snapshot(3000));
  reloader->look();
  EXPECT_EQ(served_version(), 3);
}

TEST_F(ReloaderTest, OneDamagedDatasetDoesNotKeepAnotherBack) {
  warehouse.damage(kVoucherId, warehouse.publish(kVoucherId, voucher_snapshot()));
  warehouse.publish(kDiscountId, discount_snapshot());
  start();
  EXPECT_EQ(get("/v1/shop/discount").status, 200);
  EXPECT_EQ(get("/v1/customer/voucher").status, 503);
}

TEST_F(ReloaderTest, ReadsTheHistoryAgainFromTimeToTime) {
  warehouse.publish(kVoucherId, voucher_snapshot());
  warehouse.publish(kVoucherId, voucher_snapshot(2000));
  start({.history_interval = 0ms});
  const std::string before = get("/v1/customer/voucher/versions").header("ETag");
  reloader->look();
  EXPECT_EQ(get("/v1/customer/voucher/versions").header("ETag"), before);
  warehouse.roll_back(kVoucherId, 1);
  warehouse.roll_back(kVoucherId, 2);
  reloader->look();
  EXPECT_NE(get("/v1/customer/voucher/versions").header("ETag"), before);
}

TEST_F(ReloaderTest, AThreadOfItsOwnSeesANewVersionWithinASecond) {
  start();
  reloader->start();
  warehouse.publish(kVoucherId, voucher_snapshot());
  const auto deadline = std::chrono::steady_clock::now() + 1s;
  while (served_version() == 0 && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(5ms);
  }
  EXPECT_EQ(served_version(), 1);
  const auto before = std::chrono::steady_clock::now();
  reloader.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - before, 1s);
}

// Version N answers 1000 + N: whatever a thread reads, amount, version and snapshot are of one
// kind.
TEST_F(ReloaderTest, NoAnswerMixesTwoVersions) {
  constexpr std::int64_t kVersions = 100;
  constexpr int kReaders = 4;
  std::vector<std::string> hashes{""};
  for (std::int64_t n = 1; n <= kVersions; ++n) {
    hashes.push_back("sha256:" + sha256_hex(to_canonical_json(voucher_snapshot(1000 + n))));
  }
  warehouse.publish(kVoucherId, voucher_snapshot(1001));
  start();
  std::atomic<bool> done{false};
  std::atomic<std::int64_t> answers{0};
  std::atomic<std::int64_t> mixed{0};
  std::latch started(kReaders);
  std::vector<std::jthread> readers;
  for (int i = 0; i < kReaders; ++i) {
    readers.emplace_back([&] {
      started.count_down();
      std::int64_t last = 0;
      while (!done) {
        const Answer answer = post("/v1/customer/voucher/decisions", kDocumentedRequest);
        const auto decision = answer.json();
        const auto version = decision.at("version").get<std::int64_t>();
        const std::string& hash = hashes.at(static_cast<std::size_t>(version));
        const bool whole =
            decision.at("voucher_amount") == 1000 + version && decision.at("snapshot") == hash &&
            answer.header("ETag") == "\"" + std::to_string(version) + "-" + hash.substr(7) + "\"" &&
            version >= last;
        if (!whole) ++mixed;
        last = version;
        ++answers;
      }
    });
  }
  started.wait();
  for (std::int64_t n = 2; n <= kVersions; ++n) {
    warehouse.publish(kVoucherId, voucher_snapshot(1000 + n));
    reloader->look();
    const auto enough = answers + 2;
    while (answers < enough) std::this_thread::yield();
  }
  done = true;
  readers.clear();
  EXPECT_EQ(mixed, 0);
  EXPECT_EQ(served_version(), kVersions);
  EXPECT_GE(answers, 2 * (kVersions - 1));
}

}  // namespace
}  // namespace voucher
