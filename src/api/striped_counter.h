// Counting without a lock and without threads waiting for one cache line: each thread adds to its
// own stripe, a reader sums them.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <thread>

namespace voucher {

/// This thread's number: 0 for the first that asks, then 1, and so on.
[[nodiscard]] inline std::size_t thread_number() {
  static std::atomic<std::size_t> next{0};
  thread_local std::size_t number = next.fetch_add(1, std::memory_order_relaxed);
  return number;
}

/// `Size` counters, each the sum over stripes.
template <std::size_t Size>
class StripedCounters {
 public:
  StripedCounters()
      : count_(std::max(1U, std::thread::hardware_concurrency())),
        stripes_(std::make_unique<Stripe[]>(count_)) {}

  void add(std::size_t index, std::uint64_t amount = 1) {
    stripes_[thread_number() % count_].values[index].fetch_add(amount, std::memory_order_relaxed);
  }

  [[nodiscard]] std::uint64_t sum(std::size_t index) const {
    std::uint64_t total = 0;
    for (std::size_t i = 0; i < count_; ++i) {
      total += stripes_[i].values[index].load(std::memory_order_relaxed);
    }
    return total;
  }

 private:
  struct alignas(64) Stripe {
    std::array<std::atomic<std::uint64_t>, Size> values{};
  };

  std::size_t count_;
  std::unique_ptr<Stripe[]> stripes_;
};

}  // namespace voucher
