#include "lineage/columns.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "decision/sample_dataset.h"

namespace voucher {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;

/// "frequency_segment" -> "total_orders TRANSFORMATION".
std::map<std::string, std::vector<std::string>> sources(const LineageColumns& columns) {
  std::map<std::string, std::vector<std::string>> found;
  for (const auto& [column, list] : columns.sources)
    for (const LineageSource& source : list) found[column].push_back(source.column);
  return found;
}

std::vector<std::string> names(const std::vector<LineageSource>& list) {
  std::vector<std::string> found;
  for (const LineageSource& source : list) found.push_back(source.column);
  return found;
}

TEST(LineageColumnsTest, LeadAVariantToWhatItsValueReads) {
  const LineageColumns columns = processed_from_raw(voucher_dataset());
  auto found = sources(columns);
  EXPECT_EQ(found.size(), columns.schema.size());
  EXPECT_THAT(found["frequency_segment"], ElementsAre("total_orders"));
  EXPECT_THAT(found["recency_segment"], ElementsAre("last_order_ts", "timestamp"));
  EXPECT_THAT(found["country_code"], ElementsAre("country_code"));
  EXPECT_EQ(columns.sources[0].second[0].use, LineageUse::kIdentity);
  EXPECT_EQ(columns.sources.back().second[0].use, LineageUse::kTransformation);
}

TEST(LineageColumnsTest, LeadTheRowsToWhatTheRulesRead) {
  const auto expected =
      UnorderedElementsAre("last_order_ts", "timestamp", "first_order_ts", "total_orders");
  EXPECT_THAT(names(processed_from_raw(voucher_dataset()).rows), expected);
  EXPECT_THAT(names(rejected_from_raw(voucher_dataset()).rows), expected);
  EXPECT_TRUE(table_from_processed(voucher_dataset()).rows.empty());
}

TEST(LineageColumnsTest, KeepRejectedValuesAsText) {
  const LineageColumns columns = rejected_from_raw(voucher_dataset());
  EXPECT_THAT(columns.schema, testing::Contains(LineageField{"total_orders", "string"}));
  EXPECT_THAT(columns.schema, testing::Contains(LineageField{"reason", "string"}));
  EXPECT_EQ(sources(columns).count("reason"), 0U);
}

TEST(LineageColumnsTest, LeadAViewToGroupVariantAndAmount) {
  const Dataset dataset = voucher_dataset();
  const LineageColumns raw = view_columns(dataset, dataset.variants[1], false);
  auto found = sources(raw);
  EXPECT_THAT(found["country_code"], ElementsAre("country_code"));
  EXPECT_THAT(found["recency_segment"], ElementsAre("last_order_ts", "timestamp"));
  EXPECT_THAT(found["voucher_amount"], ElementsAre("voucher_amount"));
  EXPECT_THAT(found["support"], ElementsAre("voucher_amount"));
  EXPECT_EQ(found.size(), raw.schema.size());
  EXPECT_THAT(names(raw.rows), ElementsAre("country_code", "last_order_ts", "timestamp"));
  const LineageColumns loaded = view_columns(dataset, dataset.variants[1], true);
  EXPECT_THAT(sources(loaded)["recency_segment"], ElementsAre("recency_segment"));
  EXPECT_THAT(names(loaded.rows), ElementsAre("country_code", "recency_segment"));
}

}  // namespace
}  // namespace voucher
