#include "decision/counts.h"

#include <algorithm>
#include <numeric>

#include "base/check.h"

namespace voucher {
namespace {

/// Takes counts out of counts; those that come to nothing leave. False where some are not there.
template <class Key>
bool subtract_counts(std::map<Key, std::int64_t>& counts,
                     const std::map<Key, std::int64_t>& others) {
  for (const auto& [key, rows] : others) {
    const auto found = counts.find(key);
    if (found == counts.end() || found->second < rows) return false;
    found->second -= rows;
    if (found->second == 0) counts.erase(found);
  }
  return true;
}

}  // namespace

bool RowCounts::balanced() const {
  const std::int64_t by_reason =
      std::accumulate(rejected_by.begin(), rejected_by.end(), std::int64_t{0},
                      [](std::int64_t sum, const auto& entry) { return sum + entry.second; });
  return raw == processed + rejected + duplicates && by_reason == rejected;
}

RowCounts& RowCounts::operator+=(const RowCounts& other) {
  raw += other.raw;
  processed += other.processed;
  rejected += other.rejected;
  duplicates += other.duplicates;
  for (const auto& [reason, rows] : other.rejected_by) rejected_by[reason] += rows;
  return *this;
}

std::int64_t AmountCounts::with_amount() const {
  return std::accumulate(by_amount.begin(), by_amount.end(), std::int64_t{0},
                         [](std::int64_t sum, const auto& entry) { return sum + entry.second; });
}

void AmountCounts::add(std::optional<std::int64_t> amount, std::int64_t rows) {
  if (rows == 0) return;
  if (amount) {
    by_amount[*amount] += rows;
  } else {
    null_rows += rows;
  }
}

AmountCounts& AmountCounts::operator+=(const AmountCounts& other) {
  for (const auto& [amount, rows] : other.by_amount) by_amount[amount] += rows;
  null_rows += other.null_rows;
  return *this;
}

bool AmountCounts::subtract(const AmountCounts& other) {
  null_rows -= other.null_rows;
  return null_rows >= 0 && subtract_counts(by_amount, other.by_amount);
}

const std::string& GroupCounts::shown() const {
  CHECK(!spellings.empty());
  // The map is ordered by bytes and max_element keeps the first of equals.
  return std::ranges::max_element(spellings, {}, [](const auto& entry) { return entry.second; })
      ->first;
}

GroupCounts& GroupCounts::operator+=(const GroupCounts& other) {
  CHECK(cells.size() == other.cells.size());
  for (const auto& [spelling, rows] : other.spellings) spellings[spelling] += rows;
  all += other.all;
  for (std::size_t variant = 0; variant < cells.size(); ++variant) {
    CHECK(cells[variant].size() == other.cells[variant].size());
    for (std::size_t i = 0; i < cells[variant].size(); ++i)
      cells[variant][i] += other.cells[variant][i];
  }
  return *this;
}

bool GroupCounts::subtract(const GroupCounts& other) {
  CHECK(cells.size() == other.cells.size());
  bool held = subtract_counts(spellings, other.spellings) && all.subtract(other.all);
  for (std::size_t variant = 0; variant < cells.size(); ++variant) {
    CHECK(cells[variant].size() == other.cells[variant].size());
    for (std::size_t i = 0; i < cells[variant].size(); ++i)
      held = held && cells[variant][i].subtract(other.cells[variant][i]);
  }
  return held;
}

std::string fold_ascii(std::string_view text) {
  std::string folded(text);
  for (char& c : folded) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return folded;
}

HistoryCounts::HistoryCounts(const std::vector<Variant>& variants) {
  for (const Variant& variant : variants) shape_.push_back(variant.segments.size());
}

GroupCounts& HistoryCounts::group(const std::string& folded) {
  GroupCounts& counts = groups_[folded];
  if (counts.cells.empty()) {
    for (const std::size_t segments : shape_) counts.cells.emplace_back(segments + 1);
  }
  return counts;
}

void HistoryCounts::add(std::string_view group_name,
                        std::span<const std::optional<SegmentIndex>> segments,
                        std::optional<std::int64_t> amount, std::int64_t rows) {
  CHECK(segments.size() == shape_.size());
  if (rows == 0) return;
  GroupCounts& counts = group(fold_ascii(group_name));
  counts.spellings[std::string(group_name)] += rows;
  counts.all.add(amount, rows);
  for (VariantIndex variant = 0; variant < segments.size(); ++variant) {
    const SegmentIndex entry = segments[variant].value_or(shape_[variant]);
    CHECK(entry < counts.cells[variant].size());
    counts.cells[variant][entry].add(amount, rows);
  }
}

HistoryCounts& HistoryCounts::operator+=(const HistoryCounts& other) {
  CHECK(shape_ == other.shape_);
  for (const auto& [folded, counts] : other.groups_) group(folded) += counts;
  return *this;
}

bool HistoryCounts::subtract(const HistoryCounts& other) {
  CHECK(shape_ == other.shape_);
  for (const auto& [folded, counts] : other.groups_) {
    const auto found = groups_.find(folded);
    if (found == groups_.end() || !found->second.subtract(counts)) return false;
    if (found->second.all.rows() == 0) groups_.erase(found);
  }
  return true;
}

std::vector<std::vector<std::int64_t>> HistoryCounts::rows_per_segment() const {
  std::vector<std::vector<std::int64_t>> rows;
  for (const std::size_t segments : shape_) rows.emplace_back(segments + 1);
  for (const auto& [folded, counts] : groups_) {
    for (VariantIndex variant = 0; variant < rows.size(); ++variant) {
      for (std::size_t i = 0; i < rows[variant].size(); ++i)
        rows[variant][i] += counts.cells[variant][i].rows();
    }
  }
  return rows;
}

}  // namespace voucher
