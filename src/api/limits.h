// Sizes that a client must know; the limits of lines and headers are the server's (http/server.h).
#pragma once

#include <cstddef>

namespace voucher::limits {

inline constexpr std::size_t kBodyBytes = 4096;
inline constexpr std::size_t kBatchBodyBytes = 1U << 20U;
inline constexpr std::size_t kBatchItems = 1000;

}  // namespace voucher::limits
