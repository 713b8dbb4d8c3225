#include "warehouse/embedded/retention.h"

#include <gmock/gmock.h>

#include <fstream>

#include "warehouse/embedded/publications.h"
#include "warehouse/embedded/warehouse_fixture.h"

namespace voucher::embedded {
namespace {

using fixture::day;
using fixture::sample_rows;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
namespace fs = std::filesystem;

TEST(SurplusVersions, AreThoseBelowTheNewestUnlessNeeded) {
  const std::vector<VersionNumber> existing{1, 2, 5, 6, 9};
  EXPECT_THAT(surplus_versions(existing, {}, 2), ElementsAre(1, 2, 5));
  EXPECT_THAT(surplus_versions(existing, {1, 6}, 2), ElementsAre(2, 5));
  EXPECT_THAT(surplus_versions(existing, {}, 5), IsEmpty());
  EXPECT_THAT(surplus_versions(existing, {}, 99), IsEmpty());
  EXPECT_THAT(surplus_versions({}, {}, 2), IsEmpty());
  EXPECT_THAT(surplus_versions(existing, {}, 0), ElementsAre(1, 2, 5, 6));
}

class Retention : public fixture::WarehouseTest {
 protected:
  fs::path orphan(const std::string& name) {
    const fs::path file = place_.parts() / name;
    fs::create_directories(file.parent_path());
    std::ofstream(file) << "x";
    return file;
  }
  Layout place_{root_, id_};
  std::string hash_ = std::string(64, 'a') + ".parquet";
};

TEST_F(Retention, RemovesAFileOnceItHasBeenUnreferencedForTheGracePeriod) {
  const fs::path file = orphan(hash_);
  ASSERT_TRUE(remove_unreferenced_files(place_, day(1)).has_value());
  ASSERT_TRUE(remove_unreferenced_files(place_, Timestamp{day(1).micros + kGraceMicros - 1}));
  EXPECT_TRUE(fs::exists(file));
  ASSERT_TRUE(remove_unreferenced_files(place_, Timestamp{day(1).micros + kGraceMicros}));
  EXPECT_FALSE(fs::exists(file));
}

TEST_F(Retention, StartsAnewWhereTheNotesAreDamagedOrTheClockWasSetBack) {
  const fs::path file = orphan(hash_);
  ASSERT_TRUE(remove_unreferenced_files(place_, day(9)).has_value());
  ASSERT_TRUE(remove_unreferenced_files(place_, day(1)).has_value());
  ASSERT_TRUE(replace_file(place_.unreferenced(), "{").has_value());
  ASSERT_TRUE(remove_unreferenced_files(place_, day(2)).has_value());
  EXPECT_TRUE(fs::exists(file));
  ASSERT_TRUE(remove_unreferenced_files(place_, day(3)).has_value());
  EXPECT_FALSE(fs::exists(file));
}

TEST_F(Retention, LeavesFilesThatAreNotItsOwn) {
  const fs::path file = orphan("notes.parquet");
  ASSERT_TRUE(remove_unreferenced_files(place_, day(1)).has_value());
  ASSERT_TRUE(remove_unreferenced_files(place_, day(3)).has_value());
  EXPECT_TRUE(fs::exists(file));
}

TEST_F(Retention, RemovesNothingWhereAManifestCannotBeRead) {
  run(sample_rows(17000, "Peru", 1), "a");
  const fs::path file = orphan(hash_);
  ASSERT_TRUE(remove_unreferenced_files(place_, day(1)).has_value());
  ASSERT_TRUE(replace_file(place_.version(1) / kManifestFile, "{}").has_value());
  EXPECT_FALSE(remove_unreferenced_files(place_, day(3)).has_value());
  EXPECT_TRUE(fs::exists(file));
}

TEST_F(Retention, KeepsAFileThatIsNamedAgain) {
  run(sample_rows(17000, "Peru", 1), "a");
  const VersionNumber abandoned = load_rows(sample_rows(18000, "Peru", 2), "b");
  ASSERT_TRUE(remove_version(place_, abandoned).has_value());
  ASSERT_TRUE(remove_unreferenced_files(place_, day(1)).has_value());
  const VersionNumber again = load_rows(sample_rows(18000, "Peru", 2), "b");
  ASSERT_TRUE(remove_unreferenced_files(place_, day(3)).has_value());
  EXPECT_TRUE(
      warehouse_->verify_inputs(id_, again, [](const VerifyInput&) -> Result<> { return {}; }, {})
          .has_value());
  ASSERT_TRUE(remove_version(place_, again).has_value());
  ASSERT_TRUE(remove_unreferenced_files(place_, day(4)).has_value());
  EXPECT_EQ(files_in("parts"), 2) << "its grace period begins when it is unreferenced again";
}

TEST_F(Retention, ClearsWhatAKilledWriterLeft) {
  run(sample_rows(17000, "Peru", 1), "a");
  for (const fs::path& folder :
       {place_.staging() / "run-x", place_.unfinished_version(9), place_.versions() / ".gone-8"}) {
    fs::create_directories(folder);
    std::ofstream(folder / "file") << "x";
  }
  std::ofstream(place_.folder() / "CURRENT.77.tmp") << "versions/9\n";
  std::ofstream(place_.version(1) / "verified.77.tmp") << "x";
  ASSERT_TRUE(append_publication(place_, {9, 1, {}, "", ""}).has_value());
  {
    const auto lock = warehouse_->lock(id_, "run");
    ASSERT_TRUE(lock.has_value());
    EXPECT_THAT(list_folder(place_.staging()).value(), IsEmpty());
    EXPECT_THAT(list_folder(place_.versions()).value(), ElementsAre("1"));
    EXPECT_THAT(list_folder(place_.version(1)).value(),
                ElementsAre("manifest.json", "snapshot.json", "verified", "warehouse.duckdb"));
  }
  EXPECT_THAT(list_folder(place_.folder()).value(),
              ElementsAre("CURRENT", "LAST_VERSION", "LOCK", "parts", "publications.jsonl",
                          "rejected", "versions"));
  EXPECT_EQ(warehouse_->live(id_).value(), 1);
  EXPECT_EQ(read_publications(place_)->size(), 1U);
}

}  // namespace
}  // namespace voucher::embedded
