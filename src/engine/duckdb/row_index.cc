#include "engine/duckdb/row_index.h"

#include <sys/mman.h>

#include <algorithm>

#include "base/check.h"

namespace voucher::duckdb {
namespace {

constexpr std::uint64_t kSlotBytes = sizeof(std::uint64_t);
constexpr std::uint64_t kSmallestCapacity = 1024;
constexpr std::size_t kPrefetchDistance = 16;

std::uint64_t capacity_for(std::uint64_t rows) {
  // At most three quarters full, so that probes stay short.
  return std::max(kSmallestCapacity, rows + rows / 3);
}

std::uint64_t high_product(std::uint64_t left, std::uint64_t right) {
  __extension__ using Wide = unsigned __int128;
  return static_cast<std::uint64_t>((Wide{left} * right) >> 64U);
}

/// Spreads whatever a hash leaves in its low bits over all of them (the finaliser of MurmurHash3).
std::uint64_t mix(std::uint64_t hash) {
  hash = (hash ^ (hash >> 33U)) * 0xff51afd7ed558ccdULL;
  hash = (hash ^ (hash >> 33U)) * 0xc4ceb9fe1a85ec53ULL;
  return hash ^ (hash >> 33U);
}

std::uint64_t* map_slots(std::uint64_t bytes) {
  void* memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  CHECK(memory != MAP_FAILED);
  // Slots are met at random: with small pages every one of them would miss the TLB too.
  ::madvise(memory, bytes, MADV_HUGEPAGE);
  return static_cast<std::uint64_t*>(memory);
}

}  // namespace

void RowIndex::Unmap::operator()(std::uint64_t* slots) const {
  ::munmap(slots, bytes);
}

std::uint64_t RowIndex::bytes_for(std::uint64_t rows) {
  return capacity_for(rows) * kSlotBytes;
}

RowIndex::RowIndex(std::uint64_t rows, std::uint64_t passes)
    : passes_(passes),
      // A hundredth more than the mean: hashes do not split evenly.
      capacity_(capacity_for(passes == 1 ? rows : rows / passes + rows / passes / 100)),
      slots_(map_slots(capacity_ * kSlotBytes), Unmap{capacity_ * kSlotBytes}),
      suspects_(rows) {
  CHECK(passes > 0 && rows <= kMaxRows);
}

void RowIndex::begin_pass(std::uint64_t pass) {
  CHECK(pass < passes_);
  pass_ = pass;
  std::fill_n(slots_.get(), capacity_, 0);
}

std::uint64_t RowIndex::home(std::uint64_t hash) const {
  return high_product(hash, capacity_);
}

void RowIndex::note(std::span<const std::uint64_t> hashes, std::span<const RowOrdinal> rows) {
  constexpr std::size_t kBatch = 256;
  std::uint64_t mixed[kBatch];
  for (std::size_t begin = 0; begin < hashes.size(); begin += kBatch) {
    const std::size_t count = std::min(kBatch, hashes.size() - begin);
    for (std::size_t i = 0; i < count; ++i) mixed[i] = mix(hashes[begin + i]);
    for (std::size_t i = 0; i < count; ++i) {
      if (i + kPrefetchDistance < count) {
        __builtin_prefetch(slots_.get() + home(mixed[i + kPrefetchDistance]), 1);
      }
      // The low bits tell passes apart, the high ones slots: they must not depend on each other.
      if (passes_ == 1 || (mixed[i] & 0xffffffffU) % passes_ == pass_) {
        note_one(mixed[i], rows[begin + i]);
      }
    }
  }
}

void RowIndex::note_one(std::uint64_t hash, RowOrdinal row) {
  const std::uint64_t entry = (hash << 32U) | (std::uint64_t{row} + 1);
  std::uint64_t slot = home(hash);
  for (std::uint64_t probes = 0;; ++probes) {
    CHECK(probes < capacity_);
    const std::atomic_ref<std::uint64_t> place(slots_.get()[slot]);
    std::uint64_t found = place.load(std::memory_order_relaxed);
    if (found == 0 && place.compare_exchange_strong(found, entry, std::memory_order_relaxed)) {
      return;
    }
    if ((found ^ entry) >> 32U == 0) {
      meet(static_cast<RowOrdinal>((found & 0xffffffffU) - 1), row);
      return;
    }
    slot = slot + 1 == capacity_ ? 0 : slot + 1;
  }
}

void RowIndex::meet(RowOrdinal first, RowOrdinal later) {
  if (first == later) return;
  suspects_.insert(first);
  suspects_.insert(later);
  const std::scoped_lock lock(mutex_);
  ++meeting_count_;
  if (meetings_.size() < kMeetingsKept) meetings_.push_back({first, later});
}

}  // namespace voucher::duckdb
