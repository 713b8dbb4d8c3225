// Whole runs on the real engine and the real embedded warehouse, from small CSV files.
#include "pipeline/run.h"

#include <nlohmann/json.hpp>

#include "base/hash.h"
#include "engine/duckdb/connection.h"
#include "pipeline/load.h"
#include "pipeline/run_fixture.h"
#include "pipeline/transform.h"

namespace voucher {
namespace {

namespace fs = std::filesystem;
using fixture::kPeru;
using testing::HasSubstr;

class RunTest : public fixture::RunTest {
 protected:
  /// The outputs of a transform in `out`.
  [[nodiscard]] LoadFolderRequest load_request() const {
    return {dataset_, root_ / "out", false, "l", "tester@here", false};
  }
};

TEST_F(RunTest, PublishesAVerifiedVersionWithItsAccounting) {
  const auto outcome =
      run({write("a.csv", std::string(kPeru) + std::string(kPeru) +
                              "2018-07-10,Peru,2018-07-11,2017-05-03,15,2640\n"
                              "2018-07-11,PERU,2018-07-01,2017-05-03,40,\n"
                              "2018-07-11,China,2018-07-01,2017-05-03,1.0,100\n")});
  ASSERT_TRUE(outcome) << outcome.error().message
                       << testing::PrintToString(outcome.error().details);
  EXPECT_TRUE(outcome->published);
  EXPECT_EQ(outcome->manifest.rows, (RowCounts{5, 3, 1, 1, {{"last_order_after_assignment", 1}}}));
  EXPECT_EQ(outcome->new_rows, outcome->manifest.rows);
  EXPECT_EQ(live(), 1);
  ASSERT_TRUE(outcome->verified);
  EXPECT_EQ(outcome->verified->rows, 6) << "three rows in two variants";
}

TEST_F(RunTest, ReadsOnlyNewFilesAndAddsThemUp) {
  const std::string first = write("a.csv", std::string(kPeru));
  const std::string second =
      write("b.csv", std::string(kPeru) + "2018-07-12,Peru,2018-05-03,2017-05-03,15,2640\n");
  ASSERT_TRUE(run({first}));
  const auto again = run({first});
  ASSERT_TRUE(again);
  EXPECT_FALSE(again->published);
  EXPECT_EQ(again->manifest.version, 1);
  const auto both = run({first, second});
  ASSERT_TRUE(both) << both.error().message;
  EXPECT_EQ(both->manifest.version, 2);
  EXPECT_EQ(both->new_rows, (RowCounts{2, 1, 0, 1, {}}))
      << "a row that the first file held is a duplicate";
  EXPECT_EQ(both->manifest.rows, (RowCounts{3, 2, 0, 1, {}}));
  const auto rebuilt = run({first, second}, true);
  ASSERT_TRUE(rebuilt) << rebuilt.error().message;
  EXPECT_EQ(rebuilt->manifest.snapshot, both->manifest.snapshot)
      << "one run or many, the same snapshot";
}

TEST_F(RunTest, ARefusedRunKeepsTheLiveVersionAndLeavesNothing) {
  ASSERT_TRUE(run({write("a.csv", std::string(kPeru))}));
  const auto refused = run({write("b.csv", "2018-07-10,Peru,2018-07-11,2017-05-03,15,2640\n")});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("no row of customer/voucher is left"));
  EXPECT_EQ(live(), 1);
  EXPECT_EQ(warehouse_->versions(id_)->size(), 1U);
}

TEST_F(RunTest, StepsOneByOneEndInTheSameSnapshot) {
  const std::string file =
      write("a.csv", std::string(kPeru) + "2018-07-12,Peru,2018-05-03,2017-05-03,3,1000\n");
  ASSERT_TRUE(run({file}));
  const std::string whole = warehouse_->version(id_, 1)->manifest.snapshot;

  auto other = make_embedded_warehouse(root_ / "other", clock_);
  TransformToFolder transform{dataset_, {}, root_ / "out", OutputFormat::kParquet, "t", {}};
  SourceFile source;
  source.path = file;
  source.sha256 = "a";
  transform.files = {source};
  ASSERT_TRUE(transform_to_folder(transform, *engine_, {}));
  const auto loaded = load_folder(load_request(), *other, {});
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(loaded->snapshot, whole);
  EXPECT_FALSE(publish_version(*other, id_, 1, "tester@here", "publish", 30)) << "not verified yet";
  {
    const auto lock = other->lock(id_, "verify");
    ASSERT_TRUE(lock);
    ASSERT_TRUE(verify_version(*other, id_, 1, {}));
  }
  ASSERT_TRUE(publish_version(*other, id_, 1, "tester@here", "publish", 30));
  EXPECT_EQ(other->live(id_).value(), 1);
}

/// Makes a manifest name the processed file as it is now: what an engine with a fault would write.
void claim_output(const fs::path& manifest, const fs::path& processed) {
  auto document = nlohmann::json::parse(*read_file(manifest));
  document["processed"]["sha256"] = *sha256_file(processed);
  ASSERT_TRUE(replace_file(manifest, document.dump()));
}

TEST_F(RunTest, VerifyPrintsAnAlteredLabelAndKeepsItUnpublished) {
  const std::string file = write("a.csv", std::string(kPeru));
  SourceFile source;
  source.path = file;
  source.sha256 = "a";
  ASSERT_TRUE(transform_to_folder(
      {dataset_, {source}, root_ / "out", OutputFormat::kParquet, "t", {}}, *engine_, {}));
  const std::string processed = (root_ / "out" / "processed.parquet").string();
  auto database = duckdb::Database::open({});
  ASSERT_TRUE(database);
  auto connection = database->connect();
  ASSERT_TRUE(connection);
  ASSERT_TRUE(
      connection->execute(fmt::format("COPY (SELECT * REPLACE ('0-4' AS frequency_segment) FROM "
                                      "'{0}') TO '{0}.new' (FORMAT parquet)",
                                      processed)));
  fs::rename(processed + ".new", processed);
  EXPECT_THAT(load_folder(load_request(), *warehouse_, {}).error().message,
              HasSubstr("was changed after the transform"));

  claim_output(root_ / "out" / "manifest.json", processed);
  const auto loaded = load_folder(load_request(), *warehouse_, {});
  ASSERT_TRUE(loaded) << loaded.error().message;
  const auto lock = warehouse_->lock(id_, "verify");
  const auto verified = verify_version(*warehouse_, id_, loaded->version, {});
  ASSERT_FALSE(verified);
  EXPECT_EQ(verified.error().kind, ErrorKind::kRefused);
  EXPECT_THAT(
      verified.error().details,
      testing::Contains(HasSubstr(
          "Peru frequency_segment value 15: stored label '0-4', decided '14-37' (1 rows)")));
  EXPECT_EQ(warehouse_->version(id_, loaded->version)->state, VersionState::kLoaded);
  EXPECT_EQ(live(), std::nullopt);
}

TEST_F(RunTest, ATransformThatFailsKeepsEarlierOutputs) {
  SourceFile source;
  source.path = write("a.csv", std::string(kPeru));
  source.sha256 = "a";
  TransformToFolder request{dataset_, {source}, root_ / "out", OutputFormat::kParquet, "t", {}};
  ASSERT_TRUE(transform_to_folder(request, *engine_, {}));
  const auto before = read_file(root_ / "out" / "manifest.json");
  ASSERT_TRUE(before);
  request.files[0].path = write("b.csv", "2018-07-10,Peru,broken\n");
  EXPECT_FALSE(transform_to_folder(request, *engine_, {}));
  EXPECT_EQ(read_file(root_ / "out" / "manifest.json").value(), before.value());
  EXPECT_EQ(std::distance(fs::directory_iterator(root_ / "out"), fs::directory_iterator()), 3);
  request.format = OutputFormat::kCsv;
  request.files[0].path = (root_ / "a.csv").string();
  ASSERT_TRUE(transform_to_folder(request, *engine_, {}));
  const auto refused = read_transform(root_ / "out");
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("CSV"));
}

}  // namespace
}  // namespace voucher
