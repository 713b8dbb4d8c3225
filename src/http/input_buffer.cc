#include "http/input_buffer.h"

#include <cstring>
#include <utility>

namespace voucher::http {

std::unique_ptr<char[]> BlockPool::take() {
  if (free_.empty()) return std::make_unique<char[]>(kBlockBytes);
  auto block = std::move(free_.back());
  free_.pop_back();
  return block;
}

void BlockPool::give(std::unique_ptr<char[]> block) {
  if (free_.size() < kKeptBlocks) free_.push_back(std::move(block));
}

std::span<char> InputBuffer::prepare() {
  constexpr std::size_t kUsable = BlockPool::kBlockBytes - kBodyPadding;
  if (!block_) {
    block_ = pool_.take();
    capacity_ = kUsable;
  } else if (capacity_ - end_ < capacity_ / 4) {
    // Sliding frees at least half of the block, so that a slow sender cannot force a move per byte.
    if (size() <= capacity_ / 2) {
      std::memmove(block_.get(), data(), size());
      end_ = size();
      begin_ = 0;
    } else {
      const std::size_t capacity = capacity_ * 2;
      move_to(std::make_unique<char[]>(capacity + kBodyPadding), capacity);
    }
  }
  return {block_.get() + end_, capacity_ - end_};
}

void InputBuffer::consume(std::size_t count) {
  begin_ += count;
  if (begin_ == end_) release();
}

void InputBuffer::release() {
  if (block_ && capacity_ + kBodyPadding == BlockPool::kBlockBytes) pool_.give(std::move(block_));
  block_.reset();
  capacity_ = begin_ = end_ = 0;
}

void InputBuffer::move_to(std::unique_ptr<char[]> block, std::size_t capacity) {
  std::memcpy(block.get(), data(), size());
  const std::size_t kept = size();
  release();
  block_ = std::move(block);
  capacity_ = capacity;
  end_ = kept;
}

}  // namespace voucher::http
