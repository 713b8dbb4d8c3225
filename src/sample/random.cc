#include "sample/random.h"

#include <bit>

namespace voucher {
namespace {

constexpr unsigned kRounds = 4;

}  // namespace

Permutation::Permutation(std::uint64_t size, std::uint64_t seed, std::uint64_t stream) noexcept
    : size_(size), key_(Draws(seed, 0, stream).next()) {
  const unsigned bits = size > 1 ? static_cast<unsigned>(std::bit_width(size - 1)) : 1;
  half_bits_ = (bits + 1) / 2;
}

std::uint64_t Permutation::position(std::uint64_t index) const noexcept {
  do {
    index = encrypt(index);
  } while (index >= size_);
  return index;
}

std::uint64_t Permutation::encrypt(std::uint64_t value) const noexcept {
  const std::uint64_t mask = (std::uint64_t{1} << half_bits_) - 1;
  std::uint64_t left = value >> half_bits_;
  std::uint64_t right = value & mask;
  for (unsigned round = 0; round < kRounds; ++round) {
    const std::uint64_t turned = left ^ (mix_bits(right ^ (key_ + round)) & mask);
    left = right;
    right = turned;
  }
  return (left << half_bits_) | right;
}

}  // namespace voucher
