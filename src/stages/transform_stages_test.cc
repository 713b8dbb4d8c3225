#include "stages/transform_stages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "definition/load.h"

namespace voucher {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

struct GoldenCase {
  std::string name;
  std::string definition;
};

std::string read_text(const fs::path& path) {
  std::ifstream file(path);
  return (std::ostringstream() << file.rdbuf()).str();
}

class GoldenSql : public testing::TestWithParam<GoldenCase> {};

// Refreshed by VOUCHER_UPDATE_GOLDEN=1, and reviewed as a diff.
TEST_P(GoldenSql, OfEachStageIsAsReviewed) {
  const fs::path root = VOUCHER_SOURCE_DIR;
  const auto dataset = load_definition(root / GetParam().definition);
  ASSERT_TRUE(dataset.has_value()) << dataset.error().message;
  for (const Stage& stage : explain_transform(*dataset, sql::duckdb_dialect())) {
    const fs::path file =
        root / "tests/golden" / GetParam().name / fmt::format("duckdb_{}.sql", stage.name);
    const std::string text = fmt::format("-- {}\n{};\n", stage.purpose, stage.sql);
    if (std::getenv("VOUCHER_UPDATE_GOLDEN") != nullptr) std::ofstream(file) << text;
    EXPECT_EQ(text, read_text(file)) << "run again with VOUCHER_UPDATE_GOLDEN=1 if this is meant";
  }
}

INSTANTIATE_TEST_SUITE_P(
    Definitions, GoldenSql,
    testing::Values(GoldenCase{"customer_voucher", "domains/customer/voucher.yaml"},
                    GoldenCase{"energy_tariff", "tests/domains/energy/tariff.yaml"}),
    [](const auto& golden) { return golden.param.name; });

Dataset small_dataset() {
  Dataset dataset;
  dataset.source.columns = {{"a", ColumnType::kInteger, false}, {"g", ColumnType::kString, true}};
  Variant variant;
  variant.name = "v";
  variant.value = ColumnValue{0};
  variant.segments = {{"it's", {INT64_MIN, 0}}, {"one", {1, 1}}};
  dataset.variants = {variant};
  dataset.decision.group_by = 1;
  return dataset;
}

TransformStages stages_of(const Dataset& dataset, const std::vector<sql::FileGroup>& groups) {
  return transform_stages(dataset,
                          {{SourceFormat::kParquet, groups}, "p", "r", sql::FileFormat::kCsv},
                          sql::duckdb_dialect());
}

TEST(TransformStages, QuoteWhateverComesFromOutside) {
  const sql::FileGroup group{
      {"it's.parquet"}, 0, {{"A\"b", sql::RawType::kReal}, {"g", sql::RawType::kText}}};
  const TransformStages stages = stages_of(small_dataset(), {group});
  EXPECT_THAT(stages.process.sql, AllOf(HasSubstr("['it''s.parquet']"), HasSubstr("\"A\"\"b\""),
                                        HasSubstr("THEN 'it''s'"), Not(HasSubstr("'it's"))));
}

TEST(TransformStages, WriteTheSmallestIntegerAsOne) {
  const sql::FileGroup group{{"x"}, 0, {{"a", sql::RawType::kInteger}, {"g", sql::RawType::kText}}};
  const TransformStages stages = stages_of(small_dataset(), {group});
  EXPECT_THAT(stages.process.sql,
              HasSubstr("\"a\" BETWEEN CAST('-9223372036854775808' AS BIGINT) AND 0"));
  EXPECT_THAT(stages.process.sql, HasSubstr("\"a\" = 1"));
}

TEST(TransformStages, ReadGroupsOfFilesApart) {
  const std::vector<sql::FileGroup> groups{
      {{"x", "y"}, 0, {{"a", sql::RawType::kInteger}, {"g", sql::RawType::kText}}},
      {{"z"}, 2, {{"a", sql::RawType::kText}, {"g", sql::RawType::kText}}}};
  const TransformStages stages = stages_of(small_dataset(), groups);
  EXPECT_THAT(
      stages.reject.sql,
      AllOf(HasSubstr("UNION ALL"), HasSubstr("read_parquet(['x', 'y']"),
            HasSubstr("file_index + 2 AS file_position FROM read_parquet(['z']"),
            HasSubstr("CAST(\"raw_a\" AS BIGINT)"), HasSubstr("voucher_integer(\"raw_a\")")));
}

}  // namespace
}  // namespace voucher
