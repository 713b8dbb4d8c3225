// For tests and benchmarks: the definition that ships with the product, a second one that has
// nothing in common with it, and small histories of both.
#pragma once

#include <string>
#include <string_view>

#include "decision/snapshot.h"
#include "warehouse/warehouse.h"

namespace voucher {

inline const DatasetId kVoucherId{"customer", "voucher"};
inline const DatasetId kDiscountId{"shop", "discount"};

/// domains/customer/voucher.yaml.
inline Dataset voucher_dataset() {
  Dataset dataset;
  dataset.source.columns = {
      {"timestamp", ColumnType::kTimestamp},     {"country_code", ColumnType::kString},
      {"last_order_ts", ColumnType::kTimestamp}, {"first_order_ts", ColumnType::kTimestamp},
      {"total_orders", ColumnType::kInteger},    {"voucher_amount", ColumnType::kInteger, true}};
  using enum Comparison;
  dataset.clean.rules = {
      {"last_order_after_assignment", ColumnComparison{2, kLessEqual, ColumnIndex{0}}},
      {"first_order_after_last_order", ColumnComparison{3, kLessEqual, ColumnIndex{2}}},
      {"total_orders_negative", ColumnComparison{4, kGreaterEqual, Literal{std::int64_t{0}}}}};
  dataset.variants = {{"frequency_segment",
                       ColumnValue{4},
                       {{"0-4", {0, 4}}, {"5-13", {5, 13}}, {"14-37", {14, 37}}},
                       {}},
                      {"recency_segment",
                       DaysBetween{2, 0},
                       {{"30-60", {30, 60}},
                        {"61-90", {61, 90}},
                        {"91-120", {91, 120}},
                        {"121-180", {121, 180}},
                        {"180+", {181, std::nullopt}}},
                       {}}};
  dataset.decision = {{"customer_id", ColumnType::kInteger}, 5, 1, {true, 1}, true};
  return dataset;
}

/// Peru: 2640 leads everywhere, in 61-90 with 812 of 1990 rows before 3520 with 640. Chile: one
/// row. Cuba: rows without a voucher only. `amount` stands in for 2640.
inline Snapshot voucher_snapshot(std::int64_t amount = 2640) {
  Snapshot snapshot;
  snapshot.definition = voucher_dataset();
  HistoryCounts history(snapshot.definition.variants);
  using Segments = std::vector<std::optional<SegmentIndex>>;
  history.add("Peru", Segments{0, 1}, amount, 812);
  history.add("PERU", Segments{0, 1}, 3520, 640);
  history.add("Peru", Segments{1, 1}, 4400, 538);
  history.add("Peru", Segments{2, 4}, amount, 10);
  history.add("Chile", Segments{std::nullopt, 4}, 1000, 1);
  history.add("Cuba", Segments{0, 0}, std::nullopt, 7);
  snapshot.history = std::move(history);
  snapshot.rows.raw = snapshot.rows.processed = 2008;
  return snapshot;
}

/// Other names, a text subject, a nullable column, no fallback, memberships, a rule on the amount.
inline Dataset discount_dataset() {
  Dataset dataset;
  dataset.source.columns = {{"region", ColumnType::kString},
                            {"channel", ColumnType::kString, true},
                            {"seen", ColumnType::kTimestamp},
                            {"basket", ColumnType::kInteger, true},
                            {"discount", ColumnType::kInteger}};
  dataset.clean.rules = {
      {"channel_known", Membership{1, {std::string("web"), std::string("app")}}},
      {"basket_in_range", ColumnComparison{3, Comparison::kLess, Literal{std::int64_t{1000}}}},
      {"discount_positive", ColumnComparison{4, Comparison::kGreater, Literal{std::int64_t{0}}}},
      {"not_from_the_future",
       ColumnComparison{2, Comparison::kLess, Literal{Timestamp{midnight(to_day({2100, 1, 1}))}}}}};
  dataset.variants = {{"size",
                       ColumnValue{3},
                       {{"small \"s\"", {std::nullopt, 9}}, {"large", {10, std::nullopt}}},
                       {}}};
  dataset.decision = {{"account", ColumnType::kString}, 4, 0, {true, 2}, false};
  return dataset;
}

inline Snapshot discount_snapshot() {
  Snapshot snapshot;
  snapshot.definition = discount_dataset();
  HistoryCounts history(snapshot.definition.variants);
  using Segments = std::vector<std::optional<SegmentIndex>>;
  history.add("Nord", Segments{0}, 5, 3);
  history.add("Nord", Segments{1}, 7, 1);
  snapshot.history = std::move(history);
  return snapshot;
}

/// DESIGN's documented request.
inline constexpr std::string_view kDocumentedRequest =
    R"({"customer_id":123,"country_code":"Peru","last_order_ts":"2018-05-03 00:00:00","first_order_ts":"2017-05-03 00:00:00","total_orders":15,"segment_name":"recency_segment","as_of":"2018-07-10T00:00:00Z"})";

}  // namespace voucher
