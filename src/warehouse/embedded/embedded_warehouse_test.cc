#include "warehouse/embedded/embedded_warehouse.h"

#include <fstream>

#include "warehouse/embedded/warehouse_fixture.h"
#include "warehouse/published_snapshot.h"

namespace voucher::embedded {
namespace {

using fixture::day;
using fixture::sample_rows;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;
namespace fs = std::filesystem;

class EmbeddedWarehouseTest : public fixture::WarehouseTest {};

TEST_F(EmbeddedWarehouseTest, HasNothingBeforeTheFirstLoad) {
  EXPECT_EQ(warehouse_->live(id_).value(), std::nullopt);
  EXPECT_THAT(warehouse_->datasets().value(), SizeIs(0));
  EXPECT_THAT(warehouse_->versions(id_).value(), SizeIs(0));
  EXPECT_EQ(warehouse_->version(id_, 1).error().kind, ErrorKind::kRefused);
  EXPECT_FALSE(read_published_snapshot(*warehouse_, id_).value().has_value());
  EXPECT_FALSE(fs::exists(root_)) << "reading must not make folders";
}

TEST_F(EmbeddedWarehouseTest, GoesFromLoadedToVerifiedToPublished) {
  const VersionNumber number = load_rows(sample_rows(17000, "Peru", 2640), "a");
  EXPECT_EQ(number, 1);
  EXPECT_EQ(warehouse_->version(id_, 1)->state, VersionState::kLoaded);
  EXPECT_EQ(publish(1).error().kind, ErrorKind::kRefused);
  EXPECT_EQ(warehouse_->live(id_).value(), std::nullopt);

  ASSERT_TRUE(warehouse_->mark_verified(id_, 1).has_value());
  EXPECT_EQ(warehouse_->version(id_, 1)->state, VersionState::kVerified);
  ASSERT_TRUE(publish(1).has_value());
  EXPECT_EQ(warehouse_->live(id_).value(), 1);
  EXPECT_THAT(warehouse_->datasets().value(), ElementsAre(id_));
  const VersionSummary summary = warehouse_->version(id_, 1).value();
  EXPECT_EQ(summary.state, VersionState::kPublished);
  EXPECT_TRUE(summary.live);
  ASSERT_THAT(summary.publications, SizeIs(1));
  EXPECT_EQ(summary.publications[0].at, clock_.now());
  EXPECT_EQ(read_file(root_ / "customer/voucher/CURRENT").value(), "versions/1\n");
}

TEST_F(EmbeddedWarehouseTest, RefusesToPublishWhatWasLoadedOnAnotherVersion) {
  const VersionNumber first = load_rows(sample_rows(17000, "Peru", 2640), "a");
  const VersionNumber second = load_rows(sample_rows(18000, "Peru", 2640), "b");
  ASSERT_TRUE(warehouse_->mark_verified(id_, first).has_value());
  ASSERT_TRUE(warehouse_->mark_verified(id_, second).has_value());
  ASSERT_TRUE(publish(second).has_value());
  const auto refused = publish(first);
  EXPECT_EQ(refused.error().kind, ErrorKind::kRefused);
  EXPECT_THAT(refused.error().message, HasSubstr("version 2 is live"));
  EXPECT_EQ(warehouse_->live(id_).value(), second);
}

TEST_F(EmbeddedWarehouseTest, RollsBackToAVersionPublishedBeforeAndBuildsOnIt) {
  run(sample_rows(17000, "Peru", 1), "a");
  run(sample_rows(18000, "Peru", 2), "b");
  ASSERT_TRUE(publish(1).has_value());
  EXPECT_EQ(warehouse_->live(id_).value(), 1);
  const auto publications = warehouse_->version(id_, 1)->publications;
  ASSERT_THAT(publications, SizeIs(2));
  EXPECT_EQ(publications[1].replaced, 2);
  EXPECT_EQ(warehouse_->version(id_, 2)->state, VersionState::kPublished);
  EXPECT_FALSE(warehouse_->version(id_, 2)->live);
  const auto next = load(outcome(sample_rows(18000, "Peru", 2), "b"));
  ASSERT_TRUE(next.has_value()) << next.error().message;
  EXPECT_EQ(next->version, 3);
  EXPECT_EQ(next->based_on, 1);
  ASSERT_TRUE(publish(2).has_value()) << "and forward again";
  EXPECT_EQ(warehouse_->live(id_).value(), 2);
}

TEST_F(EmbeddedWarehouseTest, PublishingTheLiveVersionAgainChangesNothing) {
  run(sample_rows(17000, "Peru", 1), "a");
  EXPECT_TRUE(publish(1).has_value());
  EXPECT_THAT(warehouse_->version(id_, 1)->publications, SizeIs(1));
}

TEST_F(EmbeddedWarehouseTest, NamesTheExistingVersionsWhereOneIsAskedForThatIsNot) {
  run(sample_rows(17000, "Peru", 1), "a");
  run(sample_rows(18000, "Peru", 1), "b");
  const auto missing = warehouse_->version(id_, 7);
  EXPECT_EQ(missing.error().kind, ErrorKind::kRefused);
  EXPECT_THAT(missing.error().message, HasSubstr("1, 2"));
  EXPECT_EQ(publish(7).error().kind, ErrorKind::kRefused);
  EXPECT_EQ(warehouse_->mark_verified(id_, 7).error().kind, ErrorKind::kRefused);
}

TEST_F(EmbeddedWarehouseTest, GivesEachVersionNumberOnce) {
  run(sample_rows(17000, "Peru", 1), "a");
  run(sample_rows(18000, "Peru", 1), "b");
  EXPECT_EQ(load_rows(sample_rows(19000, "Peru", 1), "c"), 3);
  fs::remove_all(root_ / "customer/voucher/versions/3");
  EXPECT_EQ(load_rows(sample_rows(19000, "Peru", 1), "c"), 4);
  fs::remove(root_ / "customer/voucher/LAST_VERSION");
  EXPECT_EQ(load_rows(sample_rows(19000, "Peru", 1), "d"), 5);
}

TEST_F(EmbeddedWarehouseTest, RefusesADamagedSnapshot) {
  run(sample_rows(17000, "Peru", 1), "a");
  const fs::path file = root_ / "customer/voucher/versions/1/snapshot.json";
  std::string text = read_file(file).value();
  text.replace(text.find("\"processed\":12"), 14, "\"processed\":13");
  ASSERT_TRUE(replace_file(file, text).has_value());
  const auto snapshot = warehouse_->snapshot(id_, 1);
  EXPECT_EQ(snapshot.error().kind, ErrorKind::kRefused);
  EXPECT_THAT(snapshot.error().message, HasSubstr(file.string()));
}

TEST_F(EmbeddedWarehouseTest, KeepsTheNewestVersionsTheLiveOneAndTheOneItReplaced) {
  for (int i = 0; i < 3; ++i) run(sample_rows(17000 + 100 * i, "Peru", 1), fmt::format("f{}", i));
  ASSERT_TRUE(publish(1).has_value());
  for (int i = 3; i < 8; ++i)
    load_rows(sample_rows(17000 + 100 * i, "Peru", 1), fmt::format("f{}", i));
  ASSERT_TRUE(publish(3).has_value());
  ASSERT_TRUE(publish(1, 2).has_value());
  std::vector<VersionNumber> kept;
  const auto versions = warehouse_->versions(id_).value();
  for (const VersionSummary& version : versions) kept.push_back(version.manifest.version);
  EXPECT_THAT(kept, ElementsAre(1, 3, 7, 8));
}

TEST_F(EmbeddedWarehouseTest, RemovesFilesThatNoVersionNamesOnlyAfterTheGracePeriod) {
  run(sample_rows(17000, "Peru", 1), "a");
  ASSERT_TRUE(load(outcome(sample_rows(18000, "Peru", 2), "b"), true).has_value());
  ASSERT_TRUE(warehouse_->mark_verified(id_, 2).has_value());
  ASSERT_TRUE(publish(2).has_value());
  ASSERT_TRUE(load(outcome(sample_rows(19000, "Peru", 3), "c"), true).has_value());
  ASSERT_TRUE(warehouse_->mark_verified(id_, 3).has_value());
  ASSERT_TRUE(publish(3, 2).has_value());
  EXPECT_THAT(warehouse_->versions(id_).value(), SizeIs(2));
  EXPECT_EQ(files_in("parts"), 3) << "a reader of version 1 may hold the path";
  clock_.set(Timestamp{clock_.now().micros + 3'599 * kMicrosPerSecond});
  ASSERT_TRUE(publish(3, 2).has_value());
  EXPECT_EQ(files_in("parts"), 3);
  clock_.set(Timestamp{clock_.now().micros + kMicrosPerSecond});
  ASSERT_TRUE(publish(3, 2).has_value());
  EXPECT_EQ(files_in("parts"), 2);
  EXPECT_EQ(files_in("rejected"), 2);
  EXPECT_TRUE(warehouse_->view_rows(id_, 2, 0).has_value());
}

TEST_F(EmbeddedWarehouseTest, TellsOfAFolderThatCannotBeWritten) {
  {
    std::ofstream(folder_.path() / "file") << "x";
  }
  const auto warehouse = make_embedded_warehouse(folder_.path() / "file", clock_);
  const auto locked = warehouse->lock(id_, "run");
  EXPECT_EQ(locked.error().kind, ErrorKind::kUnavailable);
  EXPECT_THAT(locked.error().message, HasSubstr((folder_.path() / "file").string()));
}

TEST_F(EmbeddedWarehouseTest, GivesEveryRunAStagingFolderOfItsOwn) {
  const auto lock = warehouse_->lock(id_, "run");
  const fs::path first = warehouse_->staging(id_, "manual__2018-07-10T00:00:00+00:00/../x").value();
  const fs::path second =
      warehouse_->staging(id_, "manual__2018-07-10T00:00:00+00:00/../x").value();
  EXPECT_NE(first, second);
  EXPECT_EQ(first.parent_path(), root_ / "customer/voucher/staging");
  EXPECT_TRUE(fs::is_empty(first));
}

}  // namespace
}  // namespace voucher::embedded
