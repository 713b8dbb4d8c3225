// The bytes of a connection that wait to be parsed: one contiguous block, borrowed from a pool
// while there is something in it, so that an idle connection holds none. One thread at a time.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

namespace voucher::http {

/// Bytes that may be read past the last one received: simdjson reads ahead.
inline constexpr std::size_t kBodyPadding = 64;

/// Blocks of one size for the buffers of one event loop; outlives them.
class BlockPool {
 public:
  static constexpr std::size_t kBlockBytes = 16384;
  static constexpr std::size_t kKeptBlocks = 64;

  [[nodiscard]] std::unique_ptr<char[]> take();
  void give(std::unique_ptr<char[]> block);

 private:
  std::vector<std::unique_ptr<char[]>> free_;
};

/// A queue of bytes. Grows by doubling, so that a byte is moved a bounded number of times.
class InputBuffer {
 public:
  explicit InputBuffer(BlockPool& pool) : pool_(pool) {}
  ~InputBuffer() { release(); }
  InputBuffer(const InputBuffer&) = delete;
  InputBuffer& operator=(const InputBuffer&) = delete;

  [[nodiscard]] const char* data() const { return block_.get() + begin_; }
  [[nodiscard]] char* data() { return block_.get() + begin_; }
  [[nodiscard]] std::size_t size() const { return end_ - begin_; }

  /// Room for at least one byte more; earlier pointers into the buffer become invalid.
  [[nodiscard]] std::span<char> prepare();
  /// The first `count` bytes of prepare() are received.
  void commit(std::size_t count) { end_ += count; }
  /// Drops `count` bytes at the front.
  void consume(std::size_t count);
  /// Keeps the first `count` bytes only.
  void truncate(std::size_t count) { end_ = begin_ + count; }
  /// Drops everything and gives the block back.
  void release();

 private:
  void move_to(std::unique_ptr<char[]> block, std::size_t capacity);

  BlockPool& pool_;
  std::unique_ptr<char[]> block_;
  std::size_t capacity_ = 0;  // without the padding
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace voucher::http
