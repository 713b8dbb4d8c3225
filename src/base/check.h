// CHECK stops the program on a programmer's error, in every build. Expected failures are Results.
#pragma once

namespace voucher {

/// Prints the broken condition with its place and aborts.
[[noreturn]] void check_failed(const char* condition, const char* file, int line);

}  // namespace voucher

#define CHECK(condition) \
  ((condition) ? static_cast<void>(0) : ::voucher::check_failed(#condition, __FILE__, __LINE__))
