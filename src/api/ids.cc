#include "api/ids.h"

#include <algorithm>
#include <cstdint>
#include <random>

namespace voucher {
namespace {

constexpr std::string_view kBase32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t kTimeDigits = 10;
constexpr std::size_t kThreadDigits = 9;

void put_base32(char* end, std::size_t digits, std::uint64_t number) {
  for (std::size_t i = 0; i < digits; ++i, number >>= 5) *--end = kBase32[number & 31];
}

/// One thread's ids: the random middle is drawn once, the time is written when it changes.
struct Sequence {
  UniqueId text{};
  std::int64_t millis = -1;
  std::uint64_t counter = 0;

  Sequence() {
    std::random_device device;
    const std::uint64_t random = (static_cast<std::uint64_t>(device()) << 32U) | device();
    put_base32(text.data() + kTimeDigits + kThreadDigits, kThreadDigits, random);
  }

  void next(Timestamp now) {
    if (const std::int64_t current = now.micros / 1000; current != millis) {
      millis = current;
      put_base32(text.data() + kTimeDigits, kTimeDigits, static_cast<std::uint64_t>(millis));
    }
    put_base32(text.data() + text.size(), text.size() - kTimeDigits - kThreadDigits, ++counter);
  }
};

}  // namespace

UniqueId make_unique_id(Timestamp now) {
  thread_local Sequence sequence;
  sequence.next(now);
  return sequence.text;
}

bool is_request_id(std::string_view text) {
  constexpr std::size_t kLongest = 128;
  const auto is_allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("._:/+=@-").contains(c);
  };
  return !text.empty() && text.size() <= kLongest && std::ranges::all_of(text, is_allowed);
}

}  // namespace voucher
