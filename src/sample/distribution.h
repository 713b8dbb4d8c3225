// What values are drawn from: weighted choices, and mixtures of whole numbers. Every probability is
// an integer, so that no machine's floating point can tell two runs apart.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "sample/random.h"

namespace voucher {

/// Picks a position in proportion to its weight.
class Weights {
 public:
  Weights() = default;
  /// REQUIRES: a sum above 0 that fits in 63 bits.
  explicit Weights(const std::vector<std::int64_t>& weights);

  [[nodiscard]] std::size_t pick(Draws& draws) const;

 private:
  std::vector<std::uint64_t> cumulative_;
};

/// Every number from `from` to `to` alike.
struct UniformPart {
  std::int64_t from = 0;
  std::int64_t to = 0;
};

/// `from` and up, each next number rarer by the same factor, on average `mean` above `from`; none
/// above `to`.
class GeometricPart {
 public:
  /// Tails end here where the shape names no end.
  static constexpr std::int64_t kLongestTail = 100'000;

  /// REQUIRES: mean >= 1, to >= from, to - from <= kLongestTail.
  GeometricPart(std::int64_t from, std::int64_t mean, std::int64_t to);
  [[nodiscard]] std::int64_t draw(Draws& draws) const;

 private:
  std::int64_t from_;
  std::vector<std::uint64_t> cumulative_;  ///< of 2^63: up to and with from_ + position
};

/// Whole numbers: one of the parts by weight, then a number of it.
class IntegerMixture {
 public:
  struct Part {
    std::int64_t weight = 1;
    std::variant<UniformPart, GeometricPart> numbers;
  };

  IntegerMixture() = default;
  /// REQUIRES: at least one part with a weight above 0.
  explicit IntegerMixture(std::vector<Part> parts);

  [[nodiscard]] std::int64_t draw(Draws& draws) const;

 private:
  std::vector<Part> parts_;
  Weights weights_;
};

}  // namespace voucher
