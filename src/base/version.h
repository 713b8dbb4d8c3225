// The version of this program, as the build knows it.
#pragma once

#include <string_view>

namespace voucher {

inline constexpr std::string_view kToolVersion = VOUCHER_VERSION;

}  // namespace voucher
