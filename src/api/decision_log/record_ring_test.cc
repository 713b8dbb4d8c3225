#include "api/decision_log/record_ring.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <deque>
#include <string>
#include <thread>

namespace voucher {
namespace {

bool put(RecordRing& ring, std::string_view text) {
  const std::span<std::byte> record = ring.reserve(text.size());
  if (record.empty()) return false;
  std::memcpy(record.data(), text.data(), text.size());
  return true;
}

std::string text_of(std::span<const std::byte> record) {
  return {reinterpret_cast<const char*>(record.data()), record.size()};
}

std::string take(RecordRing& ring) {
  std::string text = text_of(ring.front());
  if (!text.empty()) ring.pop();
  return text;
}

TEST(RecordRingTest, HandsRecordsOverInOrderOnceCommitted) {
  RecordRing ring(256);
  EXPECT_TRUE(put(ring, "one"));
  EXPECT_TRUE(put(ring, "two and more"));
  EXPECT_EQ(take(ring), "");
  ring.commit();
  EXPECT_EQ(take(ring), "one");
  EXPECT_EQ(take(ring), "two and more");
  EXPECT_EQ(take(ring), "");
}

TEST(RecordRingTest, ForgetsWhatIsAbandoned) {
  RecordRing ring(64);
  EXPECT_TRUE(put(ring, "kept"));
  ring.commit();
  EXPECT_TRUE(put(ring, "forgotten"));
  ring.abandon();
  EXPECT_TRUE(put(ring, "after"));
  ring.commit();
  EXPECT_EQ(take(ring), "kept");
  EXPECT_EQ(take(ring), "after");
  EXPECT_EQ(take(ring), "");
}

TEST(RecordRingTest, RefusesWhatDoesNotFitAndRecovers) {
  RecordRing ring(64);
  EXPECT_TRUE(ring.reserve(65).empty());
  EXPECT_TRUE(put(ring, std::string(24, 'a')));
  EXPECT_TRUE(put(ring, std::string(24, 'b')));
  EXPECT_FALSE(put(ring, "c"));
  ring.commit();
  EXPECT_EQ(take(ring), std::string(24, 'a'));
  EXPECT_TRUE(put(ring, "c"));
  ring.commit();
  EXPECT_EQ(take(ring), std::string(24, 'b'));
  EXPECT_EQ(take(ring), "c");
}

TEST(RecordRingTest, KeepsARecordInOnePieceAtTheEndOfTheBuffer) {
  RecordRing ring(96);
  for (int round = 0; round < 50; ++round) {
    const std::string text(static_cast<std::size_t>(20 + round % 20),
                           static_cast<char>('a' + round % 26));
    ASSERT_TRUE(put(ring, text)) << round;
    ring.commit();
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(ring.front().data()) % 8, 0U);
    ASSERT_EQ(take(ring), text) << round;
  }
}

TEST(RecordRingTest, BehavesLikeAQueue) {
  rc::check([] {
    RecordRing ring(128);
    std::deque<std::string> pending;
    std::deque<std::string> committed;
    for (const auto step : *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 60))) {
      if (step < 40) {
        const std::string text(static_cast<std::size_t>(step) + 1, static_cast<char>('A' + step));
        if (put(ring, text)) pending.push_back(text);
      } else if (step < 48) {
        ring.commit();
        committed.insert(committed.end(), pending.begin(), pending.end());
        pending.clear();
      } else if (step < 50) {
        ring.abandon();
        pending.clear();
      } else {
        const std::string expected = committed.empty() ? "" : committed.front();
        if (!committed.empty()) committed.pop_front();
        RC_ASSERT(take(ring) == expected);
      }
    }
  });
}

TEST(RecordRingTest, LosesNothingBetweenTwoThreads) {
  constexpr int kRecords = 200'000;
  RecordRing ring(1024);
  std::thread producer([&ring] {
    for (int i = 0; i < kRecords; ++i) {
      const std::string text =
          std::to_string(i) + std::string(static_cast<std::size_t>(i % 50), '.');
      while (!put(ring, text)) std::this_thread::yield();
      ring.commit();
    }
  });
  int expected = 0;
  while (expected < kRecords) {
    const std::string text = take(ring);
    if (text.empty()) {
      std::this_thread::yield();
      continue;
    }
    ASSERT_EQ(std::stoi(text), expected);
    ASSERT_EQ(text.size(),
              std::to_string(expected).size() + static_cast<std::size_t>(expected % 50));
    ++expected;
  }
  producer.join();
}

}  // namespace
}  // namespace voucher
