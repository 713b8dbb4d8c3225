#include "engine/duckdb/history_tally.h"

namespace voucher::duckdb {

HistoryTally::HistoryTally(const std::vector<Variant>& variants) {
  for (const Variant& variant : variants) radix_.push_back(variant.segments.size() + 1);
}

std::size_t HistoryTally::KeyHash::operator()(const Key& key) const {
  std::uint64_t hash = key.cell * 0x9e3779b97f4a7c15ULL;
  hash = (hash ^ static_cast<std::uint64_t>(key.amount)) * 0xff51afd7ed558ccdULL;
  hash = (hash ^ (hash >> 32U) ^ key.group) * 0xc4ceb9fe1a85ec53ULL;
  return hash ^ (hash >> 29U) ^ (key.has_amount ? 1 : 0);
}

std::size_t HistoryTally::group_number(std::string_view group) {
  if (last_group_number_ != SIZE_MAX && group == last_group_) return last_group_number_;
  auto found = groups_.find(group);
  if (found == groups_.end()) found = groups_.emplace(group, groups_.size()).first;
  last_group_ = group;
  last_group_number_ = found->second;
  return found->second;
}

void HistoryTally::add(std::string_view group, std::uint64_t cell,
                       std::optional<std::int64_t> amount) {
  const Key key{group_number(group), cell, amount.value_or(0), amount.has_value()};
  Recent& recent = recent_[KeyHash{}(key) % recent_.size()];
  if (recent.count == nullptr || recent.key != key) {
    // A map's values stay where they are when it grows.
    recent = {key, &counts_[key]};
  }
  ++*recent.count;
}

void HistoryTally::add_to(HistoryCounts& history) const {
  std::vector<std::string_view> names(groups_.size());
  for (const auto& [name, number] : groups_) names[number] = name;
  std::vector<std::optional<SegmentIndex>> segments(radix_.size());
  for (const auto& [key, rows] : counts_) {
    std::uint64_t cell = key.cell;
    for (std::size_t i = radix_.size(); i-- > 0; cell /= radix_[i]) {
      const std::uint64_t number = cell % radix_[i];
      segments[i] = number + 1 == radix_[i] ? std::nullopt : std::optional<SegmentIndex>(number);
    }
    const auto amount = key.has_amount ? std::optional(key.amount) : std::nullopt;
    history.add(names[key.group], segments, amount, rows);
  }
}

}  // namespace voucher::duckdb
