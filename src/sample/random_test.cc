#include "sample/random.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <set>
#include <vector>

namespace voucher {
namespace {

TEST(MixBits, IsTheFinisherOfSplitMix64) {
  // The first outputs of SplitMix64 from state 0, as its author publishes them.
  constexpr std::uint64_t kStep = 0x9e3779b97f4a7c15ULL;
  EXPECT_EQ(mix_bits(kStep), 0xe220a8397b1dcdafULL);
  EXPECT_EQ(mix_bits(2 * kStep), 0x6e789e6aa1b965f4ULL);
  EXPECT_EQ(mix_bits(3 * kStep), 0x06c45d188009454fULL);
}

TEST(Draws, DependOnSeedRowAndStream) {
  std::set<std::uint64_t> numbers;
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    for (std::uint64_t row = 0; row < 5; ++row) {
      for (std::uint64_t stream = 0; stream < 5; ++stream)
        numbers.insert(Draws(seed, row, stream).next());
    }
  }
  EXPECT_EQ(numbers.size(), 125U);
}

TEST(Draws, AreTheSameForTheSameKey) {
  Draws first(7, 8, 9);
  Draws second(7, 8, 9);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(first.next(), second.next());
}

TEST(Draws, SpreadEvenlyBelowALimit) {
  std::vector<int> counts(10);
  for (std::uint64_t row = 0; row < 100'000; ++row) ++counts[Draws(1, row, 0).below(10)];
  for (const int count : counts) EXPECT_NEAR(count, 10'000, 500);
}

RC_GTEST_PROP(Draws, StayWithinBothEnds, (std::int64_t a, std::int64_t b, std::uint64_t seed)) {
  const std::int64_t drawn = Draws(seed, 0, 0).between(std::min(a, b), std::max(a, b));
  RC_ASSERT(drawn >= std::min(a, b));
  RC_ASSERT(drawn <= std::max(a, b));
}

TEST(Draws, CoverTheWholeRangeOfIntegers) {
  constexpr auto kLeast = std::numeric_limits<std::int64_t>::min();
  constexpr auto kGreatest = std::numeric_limits<std::int64_t>::max();
  bool negative = false;
  bool positive = false;
  for (std::uint64_t row = 0; row < 64; ++row) {
    const std::int64_t drawn = Draws(3, row, 0).between(kLeast, kGreatest);
    negative = negative || drawn < 0;
    positive = positive || drawn > 0;
  }
  EXPECT_TRUE(negative && positive);
}

RC_GTEST_PROP(Permutation, VisitsEveryPositionOnce, (std::uint64_t seed, std::uint64_t stream)) {
  const auto size = *rc::gen::inRange<std::uint64_t>(1, 3000);
  const Permutation permutation(size, seed, stream);
  std::vector<bool> seen(size);
  for (std::uint64_t i = 0; i < size; ++i) {
    const std::uint64_t position = permutation.position(i);
    RC_ASSERT(position < size);
    RC_ASSERT(!seen[position]);
    seen[position] = true;
  }
}

TEST(Permutation, SpreadsTheChosenRowsOverTheWholeFile) {
  const Permutation permutation(10'000, 42, 1);
  std::vector<int> chosen_in_tenth(10);
  for (std::uint64_t row = 0; row < 10'000; ++row) {
    if (permutation.position(row) < 1000) ++chosen_in_tenth[row / 1000];
  }
  for (const int count : chosen_in_tenth) EXPECT_NEAR(count, 100, 40);
}

}  // namespace
}  // namespace voucher
