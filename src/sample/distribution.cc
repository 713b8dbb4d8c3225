#include "sample/distribution.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace voucher {
namespace {

constexpr std::uint64_t kWhole = std::uint64_t{1} << 63U;

std::uint64_t scaled(std::uint64_t value, std::int64_t numerator, std::int64_t denominator) {
  __extension__ using Wide = unsigned __int128;
  return static_cast<std::uint64_t>(static_cast<Wide>(value) * static_cast<Wide>(numerator) /
                                    static_cast<Wide>(denominator));
}

std::size_t first_above(const std::vector<std::uint64_t>& cumulative, std::uint64_t number) {
  return static_cast<std::size_t>(std::ranges::upper_bound(cumulative, number) -
                                  cumulative.begin());
}

}  // namespace

Weights::Weights(const std::vector<std::int64_t>& weights) {
  std::uint64_t sum = 0;
  for (const std::int64_t weight : weights) {
    sum += static_cast<std::uint64_t>(weight);
    cumulative_.push_back(sum);
  }
  CHECK(sum > 0);
}

std::size_t Weights::pick(Draws& draws) const {
  return first_above(cumulative_, draws.below(cumulative_.back()));
}

GeometricPart::GeometricPart(std::int64_t from, std::int64_t mean, std::int64_t to) : from_(from) {
  CHECK(mean >= 1 && to >= from && to - from <= kLongestTail);
  std::uint64_t beyond = kWhole;  // the share, of kWhole, of numbers above the last one listed
  for (std::int64_t value = from; value <= to; ++value) {
    const std::uint64_t next = scaled(beyond, mean, mean + 1);
    if (next == beyond) break;
    beyond = next;
    cumulative_.push_back(kWhole - beyond);
  }
}

std::int64_t GeometricPart::draw(Draws& draws) const {
  return from_ +
         static_cast<std::int64_t>(first_above(cumulative_, draws.below(cumulative_.back())));
}

IntegerMixture::IntegerMixture(std::vector<Part> parts) : parts_(std::move(parts)) {
  std::vector<std::int64_t> weights;
  for (const Part& part : parts_) weights.push_back(part.weight);
  weights_ = Weights(weights);
}

std::int64_t IntegerMixture::draw(Draws& draws) const {
  const auto& numbers = parts_[weights_.pick(draws)].numbers;
  if (const auto* uniform = std::get_if<UniformPart>(&numbers))
    return draws.between(uniform->from, uniform->to);
  return std::get<GeometricPart>(numbers).draw(draws);
}

}  // namespace voucher
