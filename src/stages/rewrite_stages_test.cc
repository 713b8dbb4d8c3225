#include "stages/rewrite_stages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "decision/sample_dataset.h"
#include "sql/duckdb_dialect.h"

namespace voucher {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(RewriteStages, ReadExactlyTheNamedFiles) {
  const std::vector<std::string> files{"it's.parquet", "b[1].parquet"};
  const std::string from = "read_parquet(['it''s.parquet', 'b[[]1].parquet']";
  const Stage relabel = relabel_stage(voucher_dataset(), files, "o'ut", sql::duckdb_dialect());
  EXPECT_THAT(relabel.sql, AllOf(HasSubstr(from), HasSubstr("TO 'o''ut'")));
  const Stage joined = concatenate_stage(files, "o'ut", sql::duckdb_dialect());
  EXPECT_THAT(joined.sql, AllOf(HasSubstr(from), HasSubstr("TO 'o''ut'")));
}

TEST(RewriteStages, KeepWhereEachRowCameFrom) {
  const std::vector<std::string> files{"a"};
  const Stage relabel = relabel_stage(voucher_dataset(), files, "out", sql::duckdb_dialect());
  EXPECT_THAT(relabel.sql, HasSubstr("AS \"recency_segment\",\n    source_file,\n    source_row"));
}

}  // namespace
}  // namespace voucher
