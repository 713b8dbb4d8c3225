// When small parts become one. A run that adds rows writes one part; were they never merged, a
// year of daily runs would leave hundreds of files for every reader to open.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace voucher {

/// So many parts at least are merged at once.
inline constexpr std::size_t kMergedParts = 8;
/// A file costs its opening whatever it holds: smaller parts count as so many rows.
inline constexpr std::int64_t kSmallestPart = 10'000;

/// Where the newest parts that are to become one begin, among parts of so many rows, oldest first;
/// nullopt: nothing is to be merged. They are the longest row of newest parts (kMergedParts or
/// more) whose oldest one has at most 1/(kMergedParts - 1) of the rows of the others, so parts of
/// like size are merged by eights, and large ones stay until as much lies beside them.
///
/// Bounds, for F = kMergedParts and n rows: a part of those that stay, but for the newest F - 1,
/// outweighs 1/(F - 1) of all later ones, so sums grow by F/(F - 1) from part to part and
/// there are O(F log n) parts; a row's part grows by that factor at least with each merge, and
/// F-fold where runs are alike, so a row is written O(log n) times.
[[nodiscard]] std::optional<std::size_t> first_to_merge(std::span<const std::int64_t> rows);

}  // namespace voucher
