// Records of bytes from one thread to another through a buffer of fixed size, without a lock: the
// writer of a record never waits, and is told where there is no room.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>

namespace voucher {

/// One producer thread calls reserve(), commit() and abandon(); one consumer thread front() and
/// pop(). Records come out in order, whole, each at an address that is a multiple of 8.
class RecordRing {
 public:
  /// REQUIRES: a multiple of 8, at least 64.
  explicit RecordRing(std::size_t bytes)
      : bytes_(bytes), buffer_(std::make_unique_for_overwrite<std::uint64_t[]>(bytes / kWord)) {}

  /// Room for a record, seen by the consumer after commit(); empty where the ring has none. One of
  /// over half the ring's size may never find room. REQUIRES: size > 0.
  [[nodiscard]] std::span<std::byte> reserve(std::size_t size) {
    const std::size_t whole = kWord + (size + kWord - 1) / kWord * kWord;
    std::size_t at = written_ % bytes_;
    // A record lies in one piece: what is too short for it at the end of the buffer is left out.
    const std::size_t skipped = at + whole > bytes_ ? bytes_ - at : 0;
    if (whole > bytes_ || !has_room(skipped + whole)) return {};
    if (skipped > 0) {
      put_size(at, kSkip);
      at = 0;
    }
    put_size(at, size);
    written_ += skipped + whole;
    return {reinterpret_cast<std::byte*>(buffer_.get()) + at + kWord, size};
  }

  /// Hands all reserved records over.
  void commit() { committed_.store(written_, std::memory_order_release); }
  /// Forgets the records that were reserved since the last commit().
  void abandon() { written_ = committed_.load(std::memory_order_relaxed); }

  /// The oldest record; empty where there is none. Good until pop().
  [[nodiscard]] std::span<const std::byte> front() {
    while (read_ != committed_.load(std::memory_order_acquire)) {
      const std::size_t at = read_ % bytes_;
      const std::uint64_t size = buffer_[at / kWord];
      if (size != kSkip) return {reinterpret_cast<std::byte*>(buffer_.get()) + at + kWord, size};
      read_ += bytes_ - at;
    }
    return {};
  }

  /// Gives the room of front() back. REQUIRES: front() was not empty.
  void pop() {
    const std::uint64_t size = buffer_[read_ % bytes_ / kWord];
    read_ += kWord + (size + kWord - 1) / kWord * kWord;
    consumed_.store(read_, std::memory_order_release);
  }

 private:
  static constexpr std::size_t kWord = sizeof(std::uint64_t);
  static constexpr std::uint64_t kSkip = ~std::uint64_t{0};

  [[nodiscard]] bool has_room(std::size_t size) {
    if (written_ + size <= consumed_seen_ + bytes_) return true;
    consumed_seen_ = consumed_.load(std::memory_order_acquire);
    return written_ + size <= consumed_seen_ + bytes_;
  }
  void put_size(std::size_t at, std::uint64_t size) { buffer_[at / kWord] = size; }

  const std::size_t bytes_;
  const std::unique_ptr<std::uint64_t[]> buffer_;
  // Positions only grow. Each side's own are on its own cache line.
  alignas(64) std::uint64_t written_ = 0;  ///< the producer's
  std::uint64_t consumed_seen_ = 0;
  std::atomic<std::uint64_t> committed_{0};
  alignas(64) std::uint64_t read_ = 0;  ///< the consumer's
  std::atomic<std::uint64_t> consumed_{0};
};

}  // namespace voucher
