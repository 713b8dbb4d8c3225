// The dataset of the tests in this folder: the shipped customer/voucher definition as a value.
#pragma once

#include "model/dataset.h"

namespace voucher {

inline Dataset voucher_dataset() {
  constexpr ColumnIndex kClock = 0;
  constexpr ColumnIndex kCountry = 1;
  constexpr ColumnIndex kLast = 2;
  constexpr ColumnIndex kFirst = 3;
  constexpr ColumnIndex kOrders = 4;
  constexpr ColumnIndex kAmount = 5;
  Dataset dataset;
  dataset.domain = "customer";
  dataset.dataset = "voucher";
  dataset.source.columns = {{"timestamp", ColumnType::kTimestamp, false},
                            {"country_code", ColumnType::kString, false},
                            {"last_order_ts", ColumnType::kTimestamp, false},
                            {"first_order_ts", ColumnType::kTimestamp, false},
                            {"total_orders", ColumnType::kInteger, false},
                            {"voucher_amount", ColumnType::kInteger, true}};
  dataset.clean.rules = {
      {"last_order_after_assignment", ColumnComparison{kLast, Comparison::kLessEqual, kClock}},
      {"first_order_after_last_order", ColumnComparison{kFirst, Comparison::kLessEqual, kLast}},
      {"total_orders_negative",
       ColumnComparison{kOrders, Comparison::kGreaterEqual, Literal(std::int64_t{0})}}};
  dataset.variants = {{"frequency_segment",
                       ColumnValue{kOrders},
                       {{"0-4", {0, 4}}, {"5-13", {5, 13}}, {"14-37", {14, 37}}},
                       {{38, std::nullopt}}},
                      {"recency_segment",
                       DaysBetween{kLast, kClock},
                       {{"30-60", {30, 60}},
                        {"61-90", {61, 90}},
                        {"91-120", {91, 120}},
                        {"121-180", {121, 180}},
                        {"180+", {181, std::nullopt}}},
                       {{std::nullopt, 29}}}};
  dataset.decision.subject = {"customer_id", ColumnType::kInteger};
  dataset.decision.amount = kAmount;
  dataset.decision.group_by = kCountry;
  return dataset;
}

}  // namespace voucher
