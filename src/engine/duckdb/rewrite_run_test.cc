#include "engine/duckdb/rewrite_run.h"

#include <stop_token>

#include "engine/duckdb/transform_fixture.h"

namespace voucher::duckdb {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class RewriteRun : public TransformTest {
 protected:
  /// Good rows with orders and days since the last one that meet every segment.
  fs::path varied(const std::string& name, int first) {
    return parquet(name,
                   fmt::format("SELECT * REPLACE (i AS total_orders, strftime(DATE "
                               "'2018-07-10' - (5 * i)::INTEGER, '%Y-%m-%d') AS "
                               "last_order_ts) FROM (SELECT {}) CROSS JOIN range({}, {}) t(i)",
                               kGoodRow, first, first + 45));
  }

  /// What a transform makes of these files, kept under another name.
  TransformOutcome kept(const std::vector<fs::path>& files, const std::string& name) {
    auto outcome = run(files);
    EXPECT_TRUE(outcome.has_value()) << outcome.error().message;
    fs::rename(outcome->processed, folder_ / name);
    outcome->processed = folder_ / name;
    return *outcome;
  }

  void change_labels() {
    dataset_.variants[0].segments = {{"0-9", {0, 9}}, {"10+", {10, std::nullopt}}};
    dataset_.variants[1].name = "freshness";
  }
};

TEST_F(RewriteRun, GivesTheRowsAndCountsOfATransformUnderTheSameDefinition) {
  const std::vector<fs::path> raw{varied("a.parquet", 0), varied("b.parquet", 50)};
  const fs::path first = kept({raw[0]}, "first.parquet").processed;
  const fs::path second = kept({raw[1]}, "second.parquet").processed;
  change_labels();
  const TransformOutcome expected = kept(raw, "expected.parquet");
  const auto relabelled =
      run_relabel({}, {dataset_, {first, second}, folder_ / "relabelled.parquet"}, {});
  ASSERT_TRUE(relabelled.has_value()) << relabelled.error().message;
  EXPECT_EQ(relabelled->rows, 90);
  EXPECT_EQ(relabelled->history, *expected.history);
  const std::string columns =
      fmt::format("SELECT count(*) FROM (FROM '{0}' EXCEPT ALL FROM '{1}')",
                  (folder_ / "relabelled.parquet").string(), expected.processed.string());
  EXPECT_EQ(connection_.query_integer(columns).value(), 0);
}

TEST_F(RewriteRun, RefusesFilesThatLackAColumn) {
  const auto refused = run_relabel(
      {}, {dataset_, {parquet("x.parquet", "SELECT 1 AS a")}, folder_ / "out.parquet"}, {});
  ASSERT_FALSE(refused.has_value());
  EXPECT_THAT(refused.error().message, HasSubstr("cannot write stored rows anew"));
}

TEST_F(RewriteRun, StopsWhenAsked) {
  std::stop_source stop;
  stop.request_stop();
  const fs::path file = kept({good()}, "stored.parquet").processed;
  const auto stopped =
      run_relabel({}, {dataset_, {file}, folder_ / "out.parquet"}, {{}, stop.get_token()});
  ASSERT_FALSE(stopped.has_value());
  EXPECT_EQ(stopped.error().kind, ErrorKind::kInterrupted);
}

TEST_F(RewriteRun, JoinsFilesWithAllTheirRows) {
  const std::vector<fs::path> files{parquet("x.parquet", "SELECT 1 AS a, ['r'] AS reasons"),
                                    parquet("y.parquet", "SELECT 2 AS a, ['s', 't'] AS reasons")};
  const fs::path out = folder_ / "joined.parquet";
  const auto joined = run_concatenate({}, files, out, {});
  ASSERT_TRUE(joined.has_value()) << joined.error().message;
  EXPECT_EQ(connection_
                .query_integer(
                    fmt::format("SELECT sum(a * len(reasons))::BIGINT FROM '{}'", out.string()))
                .value(),
            5);
}

}  // namespace
}  // namespace voucher::duckdb
