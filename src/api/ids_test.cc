#include "api/ids.h"

#include <gtest/gtest.h>

#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace voucher {
namespace {

constexpr Timestamp kNow{1'700'000'000'000'000};

TEST(Ids, AreUniqueOverThreads) {
  constexpr std::size_t kThreads = 4;
  constexpr std::size_t kEach = 5'000;
  std::mutex mutex;
  std::set<std::string> all;
  std::vector<std::jthread> threads;
  for (std::size_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      std::vector<std::string> own;
      for (std::size_t i = 0; i < kEach; ++i) own.emplace_back(view_of(make_unique_id(kNow)));
      const std::lock_guard lock(mutex);
      all.insert(own.begin(), own.end());
    });
  }
  threads.clear();
  EXPECT_EQ(all.size(), kThreads * kEach);
}

TEST(Ids, SortByTimeThenByOrder) {
  const UniqueId first = make_unique_id(kNow);
  const UniqueId second = make_unique_id(kNow);
  const UniqueId later = make_unique_id(Timestamp{kNow.micros + 1'000});
  EXPECT_LT(first, second);
  EXPECT_LT(second, later);
}

TEST(Ids, BeginWithTheMillisecondsInBase32) {
  EXPECT_EQ(view_of(make_unique_id(Timestamp{1'469'918'176'385'000})).substr(0, 10), "01ARYZ6S41");
}

TEST(Ids, TakesOverRequestIdsOfPlainCharactersOnly) {
  EXPECT_TRUE(is_request_id("a"));
  EXPECT_TRUE(is_request_id("9f1c-Ab_7.x:/y+z=@"));
  EXPECT_TRUE(is_request_id(std::string(128, 'x')));
  EXPECT_FALSE(is_request_id(""));
  EXPECT_FALSE(is_request_id(std::string(129, 'x')));
  EXPECT_FALSE(is_request_id("two words"));
  EXPECT_FALSE(is_request_id("a\r\nSet-Cookie: b"));
  EXPECT_FALSE(is_request_id("é"));
}

}  // namespace
}  // namespace voucher
