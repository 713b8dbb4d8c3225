// The rows behind a cell, from small CSV files through the real engine and warehouse.
#include "pipeline/cell_evidence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "base/files.h"
#include "decision/sample_dataset.h"
#include "engine/duckdb/duckdb_engine.h"
#include "pipeline/run.h"
#include "warehouse/embedded/embedded_warehouse.h"

namespace voucher {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

class CellEvidenceTest : public testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::weakly_canonical(fs::temp_directory_path()) /
            fmt::format("voucher-evidence-test-{}", ::getpid());
    fs::create_directories(root_);
    dataset_.source.format = SourceFormat::kCsv;
    dataset_.clean.max_rejected_share = 1;
    dataset_.warehouse = {
        "customer", "t", {{"frequency_segment", "f_view"}, {"recency_segment", "r_view"}}, 30};
    warehouse_ = make_embedded_warehouse(root_ / "warehouse", clock_);
    engine_ = make_duckdb_engine({});
  }
  void TearDown() override { fs::remove_all(root_); }

  void run(const std::string& rows) {
    const std::string header =
        "timestamp,country_code,last_order_ts,first_order_ts,total_orders,voucher_amount\n";
    ASSERT_TRUE(replace_file(root_ / "raw.csv", header + rows));
    RunRequest request;
    request.dataset = dataset_;
    request.inputs = {(root_ / "raw.csv").string()};
    const auto outcome = run_pipeline(request, *engine_, *warehouse_, {});
    ASSERT_TRUE(outcome) << outcome.error().message;
    snapshot_ = outcome->snapshot;
  }

  CellEvidence evidence(const CellName& cell, std::optional<std::int64_t> choice = {},
                        std::size_t limit = 20) {
    const auto found = collect_evidence(*warehouse_, snapshot_, {id_, 1, cell, choice, limit}, {});
    EXPECT_TRUE(found) << found.error().message;
    return *found;
  }

  FixedClock clock_{midnight(to_day({2026, 1, 1}))};
  fs::path root_;
  Dataset dataset_ = voucher_dataset();
  DatasetId id_{"customer", "voucher"};
  std::unique_ptr<Warehouse> warehouse_;
  std::unique_ptr<Engine> engine_;
  Snapshot snapshot_;
};

/// "row number: amount" of each row.
std::vector<std::string> rows_of(const CellEvidence& evidence) {
  std::vector<std::string> rows;
  for (const EvidenceRow& row : evidence.rows)
    rows.push_back(fmt::format("{}: {}", *row.source_row, row.values[5].value_or("NULL")));
  return rows;
}

/// "row number: reasons", with a question mark where the segment cannot be told.
std::vector<std::string> rejects_of(const CellEvidence& evidence) {
  std::vector<std::string> rows;
  for (const EvidenceReject& reject : evidence.rejects) {
    std::string reasons;
    for (const std::string& reason : reject.reasons) reasons += " " + reason;
    rows.push_back(
        fmt::format("{}:{}{}", *reject.row.source_row, reasons, reject.segment_known ? "" : " ?"));
  }
  return rows;
}

constexpr VariantIndex kFrequency = 0;
constexpr VariantIndex kRecency = 1;

TEST_F(CellEvidenceTest, ListsTheChoiceFirstAndCountsAll) {
  run("2018-07-10,Peru,2018-05-03,2017-05-03,1,100\n"
      "2018-07-11,PERU,2018-05-03,2017-05-03,1,300\n"
      "2018-07-12,Peru,2018-05-03,2017-05-03,1,\n"
      "2018-07-13,Peru,2018-05-03,2017-05-03,1,300\n"
      "2018-07-13,Peru,2018-05-03,2017-05-03,7,300\n"
      "2018-07-13,Chile,2018-05-03,2017-05-03,1,300\n");
  const CellEvidence cell = evidence({"peru", kFrequency, "0-4"}, 300);
  EXPECT_THAT(rows_of(cell), ElementsAre("2: 300", "4: 300", "1: 100", "3: NULL"));
  EXPECT_THAT(cell.counts.by_amount, ElementsAre(Pair(100, 1), Pair(300, 2)));
  EXPECT_EQ(cell.counts.null_rows, 1);
  EXPECT_THAT(cell.rows[0].values,
              ElementsAre("2018-07-11T00:00:00Z", "PERU", "2018-05-03T00:00:00Z",
                          "2017-05-03T00:00:00Z", "1", "300"));
  EXPECT_EQ(cell.rows[0].source_file, (root_ / "raw.csv").string());
  EXPECT_THAT(rows_of(evidence({"peru", kFrequency, "0-4"}, 300, 1)), ElementsAre("2: 300"));
  EXPECT_THAT(rows_of(evidence({"peru", {}, {}})),
              ElementsAre("1: 100", "2: 300", "4: 300", "5: 300", "3: NULL"));
  EXPECT_THAT(rows_of(evidence({"peru", kFrequency, {}})), IsEmpty());
  EXPECT_THAT(rows_of(evidence({"atlantis", kFrequency, "0-4"})), IsEmpty());
}

TEST_F(CellEvidenceTest, PutsRejectedRowsIntoTheSegmentThatTheirTextGives) {
  run("2018-07-10,Peru,2018-05-03,2017-05-03,1,100\n"
      "2018-07-10,Peru,2018-05-03,2018-05-04,1,100\n"     // 2: in both cells below
      "2018-07-10,pERU,2018-05-03,2018-05-04,7,100\n"     // 3: 5-13
      "2018-07-10,Peru,2018-01-03,2018-05-04,1.0,100\n"   // 4: 180+
      "2018-07-10,Peru,yesterday,2017-05-03,1,100\n"      // 5: no recency
      "2018-07-10,Peru,2018-05-03,2017-05-03,-2.5,100\n"  // 6: no frequency
      "2018-07-10,Peru,2018-05-03,2017-05-03,-2,abc\n"    // 7: frequency unsegmented
      "2018-07-10,Chile,2018-05-03,2018-05-04,1,100\n"
      "2018-07-10,,2018-05-03,2018-05-04,1,100\n");
  const CellEvidence frequency = evidence({"peru", kFrequency, "0-4"});
  EXPECT_THAT(rejects_of(frequency),
              ElementsAre("2: first_order_after_last_order", "4: first_order_after_last_order",
                          "5: last_order_ts_malformed", "6: total_orders_malformed ?"));
  EXPECT_EQ(frequency.rejected, 4);
  EXPECT_THAT(frequency.rejected_by,
              ElementsAre(Pair("first_order_after_last_order", 2),
                          Pair("last_order_ts_malformed", 1), Pair("total_orders_malformed", 1)));
  EXPECT_THAT(rejects_of(evidence({"peru", kRecency, "61-90"})),
              ElementsAre("2: first_order_after_last_order", "3: first_order_after_last_order",
                          "5: last_order_ts_malformed ?", "6: total_orders_malformed",
                          "7: voucher_amount_malformed total_orders_negative"));
  EXPECT_THAT(rejects_of(evidence({"peru", kFrequency, {}})),
              ElementsAre("6: total_orders_malformed ?",
                          "7: voucher_amount_malformed total_orders_negative"));
  EXPECT_EQ(evidence({"peru", {}, {}}).rejected, 6) << "all of the group";
  const CellEvidence first = evidence({"peru", {}, {}}, {}, 2);
  EXPECT_EQ(first.rejects.size(), 2U);
  EXPECT_EQ(first.rejected, 6) << "the limit bounds the list, not the count";
}

TEST_F(CellEvidenceTest, TakesAMissingValueForUnsegmentedWhereItMayBeMissing) {
  dataset_.source.columns[4].nullable = true;
  dataset_.clean.rules.pop_back();
  run("2018-07-10,Peru,2018-05-03,2017-05-03,1,100\n"
      "2018-07-10,Peru,2018-05-03,2018-05-04,,100\n"
      "2018-07-10,Peru,2018-05-03,2018-05-04,x,100\n");
  EXPECT_THAT(rejects_of(evidence({"peru", kFrequency, "0-4"})),
              ElementsAre("3: total_orders_malformed first_order_after_last_order ?"));
  EXPECT_THAT(rejects_of(evidence({"peru", kFrequency, {}})),
              ElementsAre("2: first_order_after_last_order",
                          "3: total_orders_malformed first_order_after_last_order ?"));
}

}  // namespace
}  // namespace voucher
