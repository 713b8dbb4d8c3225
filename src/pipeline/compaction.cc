#include "pipeline/compaction.h"

#include <algorithm>

namespace voucher {

std::optional<std::size_t> first_to_merge(std::span<const std::int64_t> rows) {
  std::optional<std::size_t> first;
  std::int64_t later = 0;
  for (std::size_t i = rows.size(); i-- > 0;) {
    const std::int64_t size = std::max(rows[i], kSmallestPart);
    const bool enough = rows.size() - i >= kMergedParts;
    if (enough && size <= later / static_cast<std::int64_t>(kMergedParts - 1)) first = i;
    later += size;
  }
  return first;
}

}  // namespace voucher
