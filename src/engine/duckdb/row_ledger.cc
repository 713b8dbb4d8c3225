#include "engine/duckdb/row_ledger.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/check.h"

namespace voucher::duckdb {
namespace {

// Positions of arguments, see the header.
constexpr std::size_t kReasonNumber = 0;
constexpr std::size_t kFilePosition = 1;
constexpr std::size_t kSourceRow = 2;
constexpr std::size_t kHash = 3;
constexpr std::size_t kFirstSegment = 3;

std::uint64_t passes_for(std::uint64_t rows, std::uint64_t bytes) {
  return std::max<std::uint64_t>(1, (RowIndex::bytes_for(rows) + bytes - 1) / bytes);
}

void append_bytes(std::string& bytes, const void* data, std::size_t size) {
  bytes.append(static_cast<const char*>(data), size);
}

/// Appends a value so that equal rows, and no others, have equal bytes.
void append_value(std::string& bytes, ColumnType type, const ColumnView& column, std::size_t row) {
  const bool null = column.is_null(row);
  bytes += null ? '\0' : '\1';
  if (null) return;
  if (type == ColumnType::kString) {
    const std::string_view text = column.text(row);
    const std::size_t size = text.size();
    append_bytes(bytes, &size, sizeof(size));
    bytes += text;
    return;
  }
  const std::int64_t number = column.timestamp(row).micros;
  append_bytes(bytes, &number, sizeof(number));
}

}  // namespace

RowLedger::RowLedger(const Dataset& dataset, FirstRows first_rows, std::uint64_t rows,
                     std::uint64_t index_bytes)
    : dataset_(dataset),
      reasons_(rejection_reasons(dataset.source, dataset.clean.rules)),
      first_rows_(std::move(first_rows)),
      rows_by_reason_(reasons_.size() + 1),
      duplicates_(rows) {
  if (dataset.clean.deduplicate == Deduplicate::kAllColumns) {
    index_ = std::make_unique<RowIndex>(rows, passes_for(rows, index_bytes));
  }
}

RowOrdinal RowLedger::ordinal(std::uint64_t file_position, std::int64_t source_row) const {
  return static_cast<RowOrdinal>(first_rows_[file_position] +
                                 static_cast<std::uint64_t>(source_row) - 1);
}

void RowLedger::judge(const Arguments& arguments, Output& output) {
  const auto* reason = arguments[kReasonNumber].values<std::int32_t>();
  const auto* file = arguments[kFilePosition].values<std::uint64_t>();
  const auto* source_row = arguments[kSourceRow].values<std::int64_t>();
  const auto* hash = arguments[kHash].values<std::uint64_t>();
  auto* rejected = output.values<bool>();
  thread_local std::vector<std::uint64_t> hashes;
  thread_local std::vector<RowOrdinal> rows;
  hashes.clear();
  rows.clear();
  for (std::size_t i = 0; i < arguments.rows(); ++i) {
    rejected[i] = reason[i] != 0 && pass_ == 0;
    if (reason[i] == 0) {
      hashes.push_back(hash[i]);
      rows.push_back(ordinal(file[i], source_row[i]));
    } else if (pass_ == 0) {
      rows_by_reason_[static_cast<std::size_t>(reason[i])].fetch_add(1, std::memory_order_relaxed);
    }
  }
  if (pass_ == 0) rows_by_reason_[0].fetch_add(static_cast<std::int64_t>(rows.size()));
  if (index_) index_->note(hashes, rows);
  rows_passed_ += static_cast<std::int64_t>(arguments.rows());
}

std::uint64_t RowLedger::index_passes() const {
  return index_ ? index_->passes() : 1;
}

void RowLedger::begin_index_pass(std::uint64_t pass) {
  pass_ = pass;
  rows_passed_ = 0;
  index_->begin_pass(pass);
}

bool RowLedger::presume_duplicates() {
  if (!index_) return true;
  if (index_->meeting_count() > index_->meetings().size()) return false;
  presumed_ = std::make_unique<SuspectRows>(index_->meetings());
  for (const RowOrdinal row : presumed_->presumed_duplicates()) duplicates_.insert(row);
  return true;
}

void RowLedger::select_suspects(const Arguments& arguments, Output& output) const {
  const auto* reason = arguments[kReasonNumber].values<std::int32_t>();
  const auto* file = arguments[kFilePosition].values<std::uint64_t>();
  const auto* source_row = arguments[kSourceRow].values<std::int64_t>();
  auto* selected = output.values<bool>();
  for (std::size_t i = 0; i < arguments.rows(); ++i) {
    selected[i] = reason[i] == 0 && index_->suspects().contains(ordinal(file[i], source_row[i]));
  }
}

void RowLedger::begin_compared_duplicates() {
  presumed_.reset();
  duplicates_.clear();
}

void RowLedger::add_duplicate(std::uint64_t file_position, std::int64_t source_row) {
  duplicates_.insert(ordinal(file_position, source_row));
}

void RowLedger::begin_writing() {
  tallies_.clear();
  rows_passed_ = 0;
}

std::unique_ptr<RowLedger::Tally> RowLedger::borrow_tally() {
  const std::scoped_lock lock(mutex_);
  if (tallies_.empty()) {
    return std::make_unique<Tally>(HistoryTally(dataset_.variants),
                                   decltype(Tally::ranges)(dataset_.source.columns.size()), 0, 0);
  }
  std::unique_ptr<Tally> tally = std::move(tallies_.back());
  tallies_.pop_back();
  return tally;
}

void RowLedger::give_back(std::unique_ptr<Tally> tally) {
  const std::scoped_lock lock(mutex_);
  tallies_.push_back(std::move(tally));
}

void RowLedger::process(const Arguments& arguments, Output& output) {
  const auto* reason = arguments[kReasonNumber].values<std::int32_t>();
  const auto* file = arguments[kFilePosition].values<std::uint64_t>();
  const auto* source_row = arguments[kSourceRow].values<std::int64_t>();
  auto* written = output.values<bool>();
  std::unique_ptr<Tally> tally = borrow_tally();
  for (std::size_t i = 0; i < arguments.rows(); ++i) {
    written[i] = reason[i] == 0;
    if (!written[i]) continue;
    const RowOrdinal row = ordinal(file[i], source_row[i]);
    if (presumed_ && index_->suspects().contains(row)) confirm(row, arguments, i);
    if (duplicates_.contains(row)) {
      written[i] = false;
      ++tally->duplicates;
    }
  }
  tally->processed += std::count(written, written + arguments.rows(), true);
  add_history(arguments, written, *tally);
  add_ranges(arguments, written, *tally);
  give_back(std::move(tally));
  rows_passed_ += static_cast<std::int64_t>(arguments.rows());
}

void RowLedger::confirm(RowOrdinal row, const Arguments& arguments, std::size_t position) {
  std::string bytes;
  const std::size_t first_value = kFirstSegment + dataset_.variants.size();
  for (ColumnIndex i = 0; i < dataset_.source.columns.size(); ++i) {
    append_value(bytes, dataset_.source.columns[i].type, arguments[first_value + i], position);
  }
  presumed_->check(row, bytes);
}

void RowLedger::add_history(const Arguments& arguments, const bool* written, Tally& tally) const {
  const std::size_t variants = dataset_.variants.size();
  const std::size_t first_value = kFirstSegment + variants;
  const ColumnView& group = arguments[first_value + dataset_.decision.group_by];
  const ColumnView& amount = arguments[first_value + dataset_.decision.amount];
  for (std::size_t i = 0; i < arguments.rows(); ++i) {
    if (!written[i]) continue;
    std::uint64_t cell = 0;
    for (VariantIndex variant = 0; variant < variants; ++variant) {
      const auto* number = arguments[kFirstSegment + variant].values<std::int32_t>();
      cell = tally.history.cell_of(cell, variant, number[i]);
    }
    const auto value =
        amount.is_null(i) ? std::nullopt : std::optional(amount.values<std::int64_t>()[i]);
    tally.history.add(group.is_null(i) ? std::string_view() : group.text(i), cell, value);
  }
}

void RowLedger::add_ranges(const Arguments& arguments, const bool* written, Tally& tally) const {
  const std::size_t first_value = kFirstSegment + dataset_.variants.size();
  for (ColumnIndex column = 0; column < dataset_.source.columns.size(); ++column) {
    const Column& declared = dataset_.source.columns[column];
    if (declared.type != ColumnType::kTimestamp || declared.nullable) continue;
    const auto* values = arguments[first_value + column].values<std::int64_t>();
    auto& range = tally.ranges[column];
    for (std::size_t i = 0; i < arguments.rows(); ++i) {
      if (!written[i]) continue;
      if (!range) range.emplace(values[i], values[i]);
      range->first = std::min(range->first, values[i]);
      range->second = std::max(range->second, values[i]);
    }
  }
}

bool RowLedger::presumption_held() const {
  return !presumed_ || (presumed_->all_equal() && presumed_->all_checked());
}

RowCounts RowLedger::row_counts() const {
  RowCounts counts;
  counts.raw = rows_by_reason_[0];
  for (std::size_t i = 0; i < reasons_.size(); ++i) {
    const std::int64_t rows = rows_by_reason_[i + 1];
    if (rows == 0) continue;
    counts.rejected_by[reasons_[i].id] += rows;
    counts.rejected += rows;
    counts.raw += rows;
  }
  for (const auto& tally : tallies_) {
    counts.processed += tally->processed;
    counts.duplicates += tally->duplicates;
  }
  return counts;
}

HistoryCounts RowLedger::history() const {
  HistoryCounts history(dataset_.variants);
  for (const auto& tally : tallies_) tally->history.add_to(history);
  return history;
}

std::vector<TimeRange> RowLedger::time_ranges() const {
  std::vector<TimeRange> ranges;
  for (ColumnIndex column = 0; column < dataset_.source.columns.size(); ++column) {
    std::optional<TimeRange> whole;
    for (const auto& tally : tallies_) {
      const auto& range = tally->ranges[column];
      if (!range) continue;
      const Timestamp least{range->first};
      const Timestamp greatest{range->second};
      if (!whole) whole = TimeRange{dataset_.source.columns[column].name, least, greatest};
      whole->least = std::min(whole->least, least);
      whole->greatest = std::max(whole->greatest, greatest);
    }
    if (whole) ranges.push_back(*whole);
  }
  return ranges;
}

}  // namespace voucher::duckdb
