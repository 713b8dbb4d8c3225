// What becomes of each row's labels from one state of a table to another: the material of a plan.
#pragma once

#include <compare>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "model/dataset.h"

namespace voucher {

/// The processed rows of a table in one state.
struct LabelledTable {
  Dataset dataset;                           ///< what they are labelled under
  std::vector<std::filesystem::path> files;  ///< Parquet, as Engine::transform() writes it
};

/// Where a processed row stands.
struct RowPlace {
  std::string group;                 ///< folded
  std::optional<std::string> label;  ///< nullopt: unsegmented, or no variant is meant
  friend auto operator<=>(const RowPlace&, const RowPlace&) = default;
};

/// Rows that stand in one place before and in one place, the same or another, after. Each row of
/// either state counts once without a variant, and once for each variant that both states name.
struct LabelMove {
  std::optional<std::string> variant;  ///< nullopt: rows as a whole, whatever their labels
  std::optional<RowPlace> before;      ///< nullopt: not among the processed rows
  std::optional<RowPlace> after;       ///< likewise; one of the two is there
  std::int64_t rows = 0;
  friend auto operator<=>(const LabelMove&, const LabelMove&) = default;
};

}  // namespace voucher
