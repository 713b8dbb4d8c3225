// The files that the server hands out (web/ and Swagger UI), as they stand in the binary.
// They live as long as the program; reading them is safe from every thread.
#pragma once

#include <span>
#include <string_view>

namespace voucher {

/// One embedded file.
struct Asset {
  std::string_view path;          ///< As in a request: `/docs/swagger-ui.css`.
  std::string_view content_type;  ///< For the header of that name.
  std::string_view bytes;
};

/// Every embedded file, ordered by nothing in particular.
std::span<const Asset> all_assets();

/// The file with this path, or nullptr.
const Asset* find_asset(std::string_view path);

}  // namespace voucher
