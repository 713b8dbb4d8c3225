#include "sample/distribution.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <vector>

namespace voucher {
namespace {

constexpr std::uint64_t kDraws = 50'000;

std::vector<std::int64_t> drawn_from(const IntegerMixture& mixture) {
  std::vector<std::int64_t> numbers;
  for (std::uint64_t row = 0; row < kDraws; ++row) {
    Draws draws(11, row, 0);
    numbers.push_back(mixture.draw(draws));
  }
  return numbers;
}

double count_of(const std::vector<std::int64_t>& numbers, std::int64_t wanted) {
  return static_cast<double>(std::ranges::count(numbers, wanted));
}

TEST(Weights, PickInProportion) {
  const Weights weights({1, 0, 3});
  std::map<std::size_t, int> counts;
  for (std::uint64_t row = 0; row < kDraws; ++row) {
    Draws draws(5, row, 0);
    ++counts[weights.pick(draws)];
  }
  EXPECT_NEAR(counts[0], kDraws / 4, kDraws / 100);
  EXPECT_FALSE(counts.contains(1));
  EXPECT_NEAR(counts[2], kDraws * 3 / 4, kDraws / 100);
}

TEST(IntegerMixture, DrawsEveryNumberOfARangeAndNoOther) {
  const auto numbers = drawn_from(IntegerMixture({{1, UniformPart{-2, 2}}}));
  std::map<std::int64_t, int> counts;
  for (const std::int64_t number : numbers) ++counts[number];
  ASSERT_EQ(counts.size(), 5U);
  EXPECT_EQ(counts.begin()->first, -2);
  for (const auto& [number, count] : counts) EXPECT_NEAR(count, kDraws / 5, kDraws / 50) << number;
}

TEST(IntegerMixture, GivesItsPartsTheirWeights) {
  const auto numbers =
      drawn_from(IntegerMixture({{9, UniformPart{0, 0}}, {1, UniformPart{100, 200}}}));
  EXPECT_NEAR(count_of(numbers, 0), kDraws * 9 / 10, kDraws / 100);
}

TEST(GeometricPart, HasItsMeanAndALongTail) {
  const auto numbers = drawn_from(IntegerMixture({{1, GeometricPart(38, 35, 100'000)}}));
  double sum = 0;
  for (const std::int64_t number : numbers) sum += static_cast<double>(number - 38);
  EXPECT_NEAR(sum / static_cast<double>(kDraws), 35, 1);
  EXPECT_EQ(std::ranges::min(numbers), 38);
  EXPECT_GT(std::ranges::max(numbers), 38 + 5 * 35);
}

TEST(GeometricPart, IsRarerByTheSameFactorFromOneNumberToTheNext) {
  const auto numbers = drawn_from(IntegerMixture({{1, GeometricPart(0, 1, 50)}}));
  EXPECT_NEAR(count_of(numbers, 0), kDraws / 2, kDraws / 50);
  EXPECT_NEAR(count_of(numbers, 1), kDraws / 4, kDraws / 50);
  EXPECT_NEAR(count_of(numbers, 2), kDraws / 8, kDraws / 50);
}

TEST(GeometricPart, NeverPassesItsEnd) {
  const auto numbers = drawn_from(IntegerMixture({{1, GeometricPart(5, 1000, 9)}}));
  EXPECT_EQ(std::ranges::min(numbers), 5);
  EXPECT_EQ(std::ranges::max(numbers), 9);
}

}  // namespace
}  // namespace voucher
