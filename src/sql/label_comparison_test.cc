#include "sql/label_comparison.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "decision/sample_dataset.h"

namespace voucher::sql {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

Dataset merged_segments() {
  Dataset dataset = voucher_dataset();
  auto& segments = dataset.variants[1].segments;
  segments.erase(segments.begin() + 2);
  segments[1] = {"61-120", {61, 120}};
  return dataset;
}

std::string read_text(const fs::path& path) {
  std::ifstream file(path);
  return (std::ostringstream() << file.rdbuf()).str();
}

// Refreshed by VOUCHER_UPDATE_GOLDEN=1, and reviewed as a diff.
TEST(GoldenLabelComparison, IsAsReviewed) {
  const Dataset before = voucher_dataset();
  const Dataset after = merged_segments();
  const LabelComparison statements =
      compare_labels_sql({before, "before_rows"}, {after, "after_rows"});
  const fs::path file =
      fs::path(VOUCHER_SOURCE_DIR) / "tests/golden/customer_voucher/duckdb_compare_labels.sql";
  const std::string text = fmt::format(
      "-- what the comparison of two states of a table collects\n{};\n\n-- rows of one "
      "place\n{};\n\n"
      "-- whether any is left over\n{};\n\n-- rows of equal values among those\n{};\n\n"
      "-- rows of files that both states hold, where they are labelled alike\n{};\n\n-- the "
      "answer\n{};\n",
      statements.prepare, statements.pair_by_place, statements.count, statements.pair_by_values,
      note_unchanged_sql({after, "shared_rows"}), statements.summarise);
  if (std::getenv("VOUCHER_UPDATE_GOLDEN") != nullptr) std::ofstream(file) << text;
  EXPECT_EQ(text, read_text(file)) << "run again with VOUCHER_UPDATE_GOLDEN=1 if this is meant";
}

TEST(LabelComparison, QuotesWhateverComesFromADefinition) {
  Dataset dataset = voucher_dataset();
  dataset.source.columns[1].name = "it's a \"group\"";
  dataset.variants[0].name = "it's \"this\"";
  const LabelComparison statements = compare_labels_sql({dataset, "a"}, {dataset, "b"});
  EXPECT_THAT(statements.pair_by_place,
              AllOf(HasSubstr("\"it's a \"\"group\"\"\""), HasSubstr("\"it's \"\"this\"\"\"")));
  EXPECT_THAT(statements.summarise, HasSubstr("'it''s \"this\"'"));
}

TEST(LabelComparison, ComparesTheValuesOfColumnsThatBothHave) {
  const Dataset before = voucher_dataset();
  Dataset after = before;
  after.source.columns[3].name = "first_ts";
  after.source.columns[4].type = ColumnType::kString;
  const LabelComparison statements = compare_labels_sql({before, "a"}, {after, "b"});
  EXPECT_THAT(statements.pair_by_place,
              AllOf(HasSubstr("hash(\"timestamp\", \"country_code\", \"last_order_ts\", "
                              "\"voucher_amount\")"),
                    Not(HasSubstr("first_"))));
}

TEST(LabelComparison, GoesByPlaceAloneWhereNoColumnIsShared) {
  const Dataset before = voucher_dataset();
  Dataset after = before;
  for (Column& column : after.source.columns) column.name += "_now";
  const LabelComparison statements = compare_labels_sql({before, "a"}, {after, "b"});
  EXPECT_THAT(statements.pair_by_place, Not(HasSubstr("hash(")));
  EXPECT_THAT(statements.pair_by_values, HasSubstr("-row_number() OVER ()"));
}

TEST(LabelComparison, NumbersEqualRowsOnlyWhereTheyMayBe) {
  const Dataset before = voucher_dataset();
  Dataset after = before;
  EXPECT_THAT(compare_labels_sql({before, "a"}, {after, "b"}).pair_by_place,
              Not(HasSubstr("row_number")));
  after.clean.deduplicate = Deduplicate::kNone;
  EXPECT_THAT(compare_labels_sql({before, "a"}, {after, "b"}).pair_by_place,
              HasSubstr("row_number"));
}

}  // namespace
}  // namespace voucher::sql
