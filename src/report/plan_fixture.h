// For tests: two states of a small history as plain rows, made into what a plan compares.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "decision/classify.h"
#include "decision/sample_dataset.h"
#include "report/plan_report.h"

namespace voucher::plan_fixture {

/// A row of customer/voucher, as far as decisions go.
struct HistoryRow {
  std::string group;
  std::int64_t orders = 0;
  std::int64_t days = 0;
  std::optional<std::int64_t> amount;
  bool before = true;  ///< processed in the live version
  bool after = true;   ///< processed in the planned one
};

inline std::int64_t value_of_row(const Variant& variant, const HistoryRow& row) {
  return std::holds_alternative<DaysBetween>(variant.value) ? row.days : row.orders;
}

inline std::optional<std::string> label_of(const Variant& variant, const HistoryRow& row) {
  const auto segment = classify(variant, value_of_row(variant, row));
  if (!segment) return std::nullopt;
  return variant.segments[*segment].label;
}

inline Snapshot snapshot_of(const Dataset& dataset, const std::vector<HistoryRow>& rows,
                            bool HistoryRow::* present) {
  Snapshot snapshot{dataset, {}, HistoryCounts(dataset.variants)};
  for (const HistoryRow& row : rows) {
    if (!(row.*present)) continue;
    ++snapshot.rows.raw;
    ++snapshot.rows.processed;
    std::vector<std::optional<SegmentIndex>> segments;
    for (const Variant& variant : dataset.variants)
      segments.push_back(classify(variant, value_of_row(variant, row)));
    snapshot.history.add(row.group, segments, row.amount, 1);
  }
  return snapshot;
}

/// Each row by itself: adding them up is the report's work.
inline std::vector<LabelMove> moves_of(const Dataset& before, const Dataset& after,
                                       const std::vector<HistoryRow>& rows) {
  std::vector<LabelMove> moves;
  for (const HistoryRow& row : rows) {
    if (!row.before && !row.after) continue;
    const auto place = [&](bool present, std::optional<std::string> label) {
      return present ? std::optional(RowPlace{fold_ascii(row.group), std::move(label)})
                     : std::nullopt;
    };
    moves.push_back({{}, place(row.before, {}), place(row.after, {}), 1});
    for (const Variant& variant : before.variants) {
      const auto other = after.find_variant(variant.name);
      if (!other) continue;
      moves.push_back({variant.name, place(row.before, label_of(variant, row)),
                       place(row.after, label_of(after.variants[*other], row)), 1});
    }
  }
  return moves;
}

inline PlannedChange planned(const Dataset& before, const Dataset& after,
                             const std::vector<HistoryRow>& rows) {
  return {{"customer", "voucher"},
          7,
          snapshot_of(before, rows, &HistoryRow::before),
          snapshot_of(after, rows, &HistoryRow::after),
          moves_of(before, after, rows),
          {}};
}

/// The definition with 61-90 and 91-120 merged.
inline Dataset merged_dataset() {
  Dataset dataset = voucher_dataset();
  auto& segments = dataset.variants[1].segments;
  segments.erase(segments.begin() + 2);
  segments[1] = {"61-120", {61, 120}};
  return dataset;
}

/// A history in which merging changes what Peru's 91-120 gets and leaves China as it is.
inline std::vector<HistoryRow> merged_history() {
  return {{"Peru", 1, 70, 100},  {"Peru", 1, 70, 100},  {"PERU", 1, 70, 100},
          {"Peru", 1, 100, 200}, {"Peru", 1, 100, 200}, {"China", 6, 65, 300},
          {"China", 6, 95, 300}, {"China", 6, 10, {}}};
}

}  // namespace voucher::plan_fixture
