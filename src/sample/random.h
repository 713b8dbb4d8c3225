// Random numbers that are the same on every machine and in any order: each is a function of a key,
// never of what was drawn before it elsewhere. Integers only.
#pragma once

#include <cstdint>

namespace voucher {

/// The finisher of SplitMix64: every bit of the result depends on every bit of `value`.
[[nodiscard]] constexpr std::uint64_t mix_bits(std::uint64_t value) noexcept {
  value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  value = (value ^ (value >> 27U)) * 0x94d049bb133111ebULL;
  return value ^ (value >> 31U);
}

/// The high half of a 64 × 64 bit product.
[[nodiscard]] constexpr std::uint64_t multiply_high(std::uint64_t left,
                                                    std::uint64_t right) noexcept {
  __extension__ using Wide = unsigned __int128;
  return static_cast<std::uint64_t>((static_cast<Wide>(left) * right) >> 64U);
}

/// A sequence of numbers for one (seed, row, stream); a stream is a column or a kind of dirt.
class Draws {
 public:
  constexpr Draws(std::uint64_t seed, std::uint64_t row, std::uint64_t stream) noexcept
      : state_(mix_bits(mix_bits(mix_bits(seed + kStep) ^ (stream * kStep)) + row * kStep)) {}

  /// 64 random bits.
  [[nodiscard]] constexpr std::uint64_t next() noexcept { return mix_bits(state_ += kStep); }
  /// A number below `limit`, which is above 0.
  [[nodiscard]] constexpr std::uint64_t below(std::uint64_t limit) noexcept {
    return multiply_high(next(), limit);
  }
  /// A number from `least` to `greatest`, both included. REQUIRES: least <= greatest.
  [[nodiscard]] constexpr std::int64_t between(std::int64_t least, std::int64_t greatest) noexcept {
    const auto width = static_cast<std::uint64_t>(greatest) - static_cast<std::uint64_t>(least) + 1;
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(least) +
                                     (width == 0 ? next() : below(width)));
  }

 private:
  static constexpr std::uint64_t kStep = 0x9e3779b97f4a7c15ULL;
  std::uint64_t state_;
};

/// A bijection of the numbers below `size`: the rows at positions below k are k rows chosen at
/// random, without a list of them. A Feistel network that walks on until it lands below `size`.
class Permutation {
 public:
  Permutation(std::uint64_t size, std::uint64_t seed, std::uint64_t stream) noexcept;

  /// The position of `index`; REQUIRES: index < size.
  [[nodiscard]] std::uint64_t position(std::uint64_t index) const noexcept;

 private:
  [[nodiscard]] std::uint64_t encrypt(std::uint64_t value) const noexcept;

  std::uint64_t size_;
  std::uint64_t key_;
  unsigned half_bits_ = 1;
};

}  // namespace voucher
