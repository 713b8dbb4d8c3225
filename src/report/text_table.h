// Tables and numbers as a terminal shows them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace voucher {

/// Columns padded to the width of their widest cell; the first row is the head. Cells of numbers go
/// right.
[[nodiscard]] std::string table_text(const std::vector<std::vector<std::string>>& rows);

/// 1234567 -> "1,234,567".
[[nodiscard]] std::string with_thousands(std::int64_t number);
/// 1234 -> "+1,234"; a number that is not above zero as with_thousands().
[[nodiscard]] std::string with_sign(std::int64_t number);

}  // namespace voucher
