// Counts rows per group, segments and amount while they stream past; one thread at a time.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "decision/counts.h"
#include "model/dataset.h"

namespace voucher::duckdb {

class HistoryTally {
 public:
  explicit HistoryTally(const std::vector<Variant>& variants);

  /// Adds one row. `cell` is its place in the product of all variants' segments: see cell_of.
  void add(std::string_view group, std::uint64_t cell, std::optional<std::int64_t> amount);

  /// The number of the cell after the next variant, whose segment has that number (the number of
  /// segments: unsegmented). A row's cell begins with 0 and takes each variant in order.
  [[nodiscard]] std::uint64_t cell_of(std::uint64_t cell, VariantIndex variant,
                                      std::int64_t segment_number) const {
    return cell * radix_[variant] + static_cast<std::uint64_t>(segment_number);
  }

  /// Adds what was counted to `history`, whose shape must be that of the variants.
  void add_to(HistoryCounts& history) const;

 private:
  struct Key {
    std::size_t group = 0;
    std::uint64_t cell = 0;
    std::int64_t amount = 0;
    bool has_amount = false;
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct KeyHash {
    std::size_t operator()(const Key& key) const;
  };
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  /// Where a recently counted key's count is: most rows need no lookup in the map.
  struct Recent {
    Key key;
    std::int64_t* count = nullptr;
  };

  [[nodiscard]] std::size_t group_number(std::string_view group);

  std::vector<std::uint64_t> radix_;
  std::unordered_map<std::string, std::size_t, TextHash, std::equal_to<>> groups_;
  std::string last_group_;
  std::size_t last_group_number_ = SIZE_MAX;
  std::unordered_map<Key, std::int64_t, KeyHash> counts_;
  std::array<Recent, 1024> recent_{};
};

}  // namespace voucher::duckdb
