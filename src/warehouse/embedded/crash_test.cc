// Writers killed at every step, readers that watch while versions change, writers that meet.
#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <atomic>
#include <csignal>
#include <thread>

#include "warehouse/embedded/warehouse_fixture.h"
#include "warehouse/published_snapshot.h"

namespace voucher::embedded {
namespace {

using fixture::sample_rows;
using ::testing::ElementsAre;
using ::testing::SizeIs;
namespace fs = std::filesystem;

class Crash : public fixture::WarehouseTest {
 protected:
  void watch_steps(std::function<void(std::string_view)> at_step) {
    EmbeddedOptions options;
    options.threads = 1;
    options.at_step = std::move(at_step);
    warehouse_ = make_embedded_warehouse(root_, clock_, std::move(options));
  }

  /// Loads, verifies and publishes in a process that is killed before its `step`-th step; false
  /// where it came to its end.
  bool killed_at(int step) {
    const pid_t child = ::fork();
    if (child == 0) {
      int count = 0;
      watch_steps([&](std::string_view) {
        if (count++ == step) ::kill(::getpid(), SIGKILL);
      });
      const auto lock = warehouse_->lock(id_, "run");
      const auto manifest = load(outcome(new_rows_, "new"));
      const bool done = lock && manifest && warehouse_->mark_verified(id_, manifest->version) &&
                        publish(manifest->version, 2);
      ::_exit(done ? 0 : 1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status) || WEXITSTATUS(status) == 0) << "step " << step;
    return WIFSIGNALED(status);
  }

  std::vector<fixture::Assignment> new_rows_ = sample_rows(17004, "Peru", 7);
};

TEST_F(Crash, LeavesWholeVersionsOnlyWhereverTheWriterIsKilled) {
  const auto base_rows = sample_rows(17000, "Peru", 2640);
  new_rows_.insert(new_rows_.end(), base_rows.begin(), base_rows.begin() + 4);
  for (int i = 0; i < 2; ++i)
    run(i == 0 ? base_rows : sample_rows(18000, "China", 1), fmt::format("base{}", i));
  const fs::path before = folder_.path() / "before";
  fs::copy(root_, before, fs::copy_options::recursive);
  int step = 0;
  bool killed = true;
  std::string expected;
  for (; killed; ++step) {
    SCOPED_TRACE(step);
    fs::remove_all(root_);
    fs::copy(before, root_, fs::copy_options::recursive);
    killed = killed_at(step);

    const auto seen = read_published_snapshot(*warehouse_, id_);
    ASSERT_TRUE(seen.has_value() && seen->has_value());
    const VersionNumber live = (*seen)->version;
    EXPECT_THAT(live, ::testing::AnyOf(2, 3));
    EXPECT_EQ((*seen)->snapshot.rows.processed, live == 2 ? 24 : 36);
    EXPECT_EQ((*seen)->snapshot.rows.duplicates, live == 2 ? 0 : 4);
    const auto versions = warehouse_->versions(id_);
    ASSERT_TRUE(versions.has_value()) << versions.error().message;
    for (const VersionSummary& version : *versions) {
      EXPECT_TRUE(warehouse_->snapshot(id_, version.manifest.version).has_value());
      EXPECT_TRUE(warehouse_->view_rows(id_, version.manifest.version, 0).has_value());
      EXPECT_EQ(version.live, version.manifest.version == live);
    }
    if (live == 3) continue;
    // The next run is as if nothing had happened, but for the number.
    const auto lock = warehouse_->lock(id_, "run");
    ASSERT_TRUE(lock.has_value()) << lock.error().message;
    const VersionNumber next = run(new_rows_, "new", 2);
    EXPECT_GE(next, 3);
    const std::string snapshot = warehouse_->version(id_, next)->manifest.snapshot;
    if (expected.empty()) expected = snapshot;
    EXPECT_EQ(snapshot, expected);
    EXPECT_EQ(warehouse_->live(id_).value(), next);
    EXPECT_THAT(warehouse_->version(id_, next)->publications, SizeIs(1));
  }
  EXPECT_GT(step, 12) << "every step was killed once";
}

TEST_F(Crash, NeverShowsAReaderAnErrorOrAMixtureWhileVersionsChange) {
  const VersionNumber first = run(sample_rows(17000, "Peru", 1), "a");
  const VersionNumber second = run(sample_rows(18000, "China", 2), "b");
  std::atomic<bool> done = false;
  std::atomic<int> reads = 0;
  std::vector<std::string> faults;
  std::thread reader([&] {
    const SystemClock clock;
    const auto warehouse = make_embedded_warehouse(root_, clock);
    while (!done) {
      const auto seen = read_published_snapshot(*warehouse, id_);
      if (!seen || !*seen) {
        faults.push_back(seen ? "nothing live" : seen.error().message);
        continue;
      }
      const std::int64_t expected = (*seen)->version == first ? 12 : 24;
      if ((*seen)->snapshot.rows.processed != expected) faults.emplace_back("mixed");
      const auto versions = warehouse->versions(id_);
      if (!versions || versions->size() != 2) faults.emplace_back("versions");
      ++reads;
    }
  });
  for (int i = 0; i < 200; ++i) {
    const auto published = publish(i % 2 == 0 ? first : second, 2);
    EXPECT_TRUE(published.has_value()) << published.error().message;
  }
  done = true;
  reader.join();
  EXPECT_THAT(faults, ElementsAre());
  EXPECT_GT(reads, 0);
  EXPECT_EQ(warehouse_->version(id_, first)->publications.size() +
                warehouse_->version(id_, second)->publications.size(),
            202U);
}

TEST_F(Crash, LetsReadersPassFromVersionsThatAreRemovedMeanwhile) {
  run(sample_rows(17000, "Peru", 1), "f0", 2);
  std::atomic<bool> done = false;
  std::vector<std::string> faults;
  std::thread reader([&] {
    const SystemClock clock;
    const auto warehouse = make_embedded_warehouse(root_, clock);
    while (!done) {
      const auto seen = read_published_snapshot(*warehouse, id_);
      if (!seen || !*seen) faults.push_back(seen ? "nothing live" : seen.error().message);
      const auto versions = warehouse->versions(id_);
      if (!versions) faults.push_back(versions.error().message);
    }
  });
  for (int i = 1; i < 8; ++i)
    run(sample_rows(17000 + 100 * i, "Peru", 1), fmt::format("f{}", i), 2);
  done = true;
  reader.join();
  EXPECT_THAT(faults, ElementsAre());
  EXPECT_THAT(warehouse_->versions(id_).value(), SizeIs(2));
}

TEST_F(Crash, LetsOneOfTwoWritersThroughAtATime) {
  std::atomic<int> inside = 0;
  std::atomic<int> entered = 0;
  std::atomic<bool> together = false;
  const auto write = [&] {
    for (int i = 0; i < 200; ++i) {
      const auto lock = warehouse_->lock(id_, "run");
      if (!lock) continue;
      if (++inside != 1) together = true;
      ++entered;
      std::this_thread::yield();
      --inside;
    }
  };
  std::thread other(write);
  write();
  other.join();
  EXPECT_FALSE(together);
  EXPECT_GT(entered, 0);
}

TEST_F(Crash, KeepsTheOldVersionServedWhereTheDiskTakesNoMore) {
  const auto base = sample_rows(17000, "Peru", 1);
  run(base, "a");
  auto rows = sample_rows(17001, "Peru", 2);
  rows.insert(rows.end(), base.begin(), base.end());
  const auto before = list_folder(root_ / "customer/voucher/versions").value();
  int refused = 0;
  for (const rlim_t bytes : {0U, 100U, 400U, 1'200U, 4'000U, 30'000U, 300'000U, 3'000'000U}) {
    SCOPED_TRACE(bytes);
    const TransformOutcome transformed = outcome(rows, "b");
    const pid_t child = ::fork();
    if (child == 0) {
      // A limit on the size of files makes writes fail, in DuckDB too, as a full disk does.
      const rlimit limit{bytes, bytes};
      std::signal(SIGXFSZ, SIG_IGN);
      if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) ::_exit(99);
      const auto loaded = load(transformed);
      ::_exit(loaded ? 0 : 1 + static_cast<int>(loaded.error().kind));
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFEXITED(status));
    if (WEXITSTATUS(status) == 0) break;
    ++refused;
    EXPECT_EQ(WEXITSTATUS(status), 1 + static_cast<int>(ErrorKind::kUnavailable));
    EXPECT_EQ(list_folder(root_ / "customer/voucher/versions").value(), before);
    EXPECT_EQ(files_in("parts"), 1);
    EXPECT_EQ(files_in("rejected"), 1);
    EXPECT_EQ(warehouse_->live(id_).value(), 1);
  }
  EXPECT_GE(refused, 4);
  EXPECT_EQ(files_in("parts"), 2) << "in the end there was room";
}

}  // namespace
}  // namespace voucher::embedded
