#include "warehouse/postgresql/postgresql_warehouse.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "warehouse/embedded/assignment_fixture.h"
#include "warehouse/postgresql/schema_sql.h"
#include "warehouse/postgresql/server_fixture.h"

namespace voucher::postgresql {
namespace {

using embedded::fixture::Assignment;
using embedded::fixture::day;
using embedded::fixture::sample_rows;
using fixture::TestServer;
using std::chrono::steady_clock;
using ::testing::HasSubstr;
using ::testing::Not;

class Postgresql : public ::testing::Test {
 protected:
  std::unique_ptr<Warehouse> open(const std::string& url) {
    return make_postgresql_warehouse(ServerAddress::parse(url).value(), clock_);
  }
  void take_lock() {
    lock_.reset();
    auto lock = warehouse_->lock(id_, "run of the test");
    ASSERT_TRUE(lock.has_value()) << lock.error().message;
    lock_ = *std::move(lock);
  }
  Result<VersionManifest> load(const std::vector<Assignment>& rows, const std::string& name,
                               bool full_refresh = false) {
    LoadRequest request;
    request.dataset = dataset_;
    request.transformed = embedded::fixture::transform(folder_.path() / name, dataset_, rows, name);
    request.based_on = TRY(warehouse_->live(id_));
    if (request.based_on && full_refresh)
      request.dropped = all_parts(TRY(warehouse_->version(id_, *request.based_on)).manifest);
    return warehouse_->load(request, {});
  }
  Result<> publish(VersionNumber number, int keep = 30) {
    return warehouse_->publish(id_, {number, {}, {}, "me@here", "test"}, keep);
  }
  void run(const std::vector<Assignment>& rows, const std::string& name, int keep = 30,
           bool full_refresh = false) {
    const auto loaded = load(rows, name, full_refresh);
    ASSERT_TRUE(loaded.has_value()) << loaded.error().message;
    ASSERT_TRUE(warehouse_->mark_verified(id_, loaded->version).has_value());
    const auto published = publish(loaded->version, keep);
    ASSERT_TRUE(published.has_value()) << published.error().message;
  }
  std::int64_t count(const std::string& from) {
    auto rows = sql_.query("SELECT count(*) FROM " + from);
    EXPECT_TRUE(rows.has_value()) << rows.error().message;
    return rows ? rows->integer(0, 0) : -1;
  }
  std::int64_t part_tables() {
    return count("pg_class WHERE relname ~ '^(rows|rejected)_[0-9]+_[0-9]+$'");
  }

  embedded::fixture::TemporaryFolder folder_;
  FixedClock clock_{day(20000)};
  DatasetId id_{"customer", "voucher"};
  Dataset dataset_ = embedded::fixture::test_dataset();
  std::string url_ = TestServer::get().new_database();
  Connection sql_ = TestServer::connect(url_);
  std::unique_ptr<Warehouse> warehouse_ = open(url_);
  std::unique_ptr<WriterLock> lock_;
};

TEST_F(Postgresql, ShowsNothingOfAVersionBeforeItIsPublished) {
  take_lock();
  ASSERT_TRUE(load(sample_rows(17000, "Peru", 2640), "a").has_value());
  EXPECT_EQ(count("customer.assignments"), 0);
  EXPECT_EQ(count("customer.assignments_rejected"), 0);
  EXPECT_EQ(count("customer.by_recency"), 0);
  ASSERT_TRUE(warehouse_->mark_verified(id_, 1).has_value());
  ASSERT_TRUE(publish(1).has_value());
  EXPECT_EQ(count("customer.assignments"), 12);
  EXPECT_EQ(count("customer.assignments WHERE \"last order\" = timestamp '2016-07-18 "
                  "00:00:00.000005' AND frequency = '0-4'"),
            1);
  EXPECT_EQ(count("customer.assignments_rejected WHERE reasons = '{orders_negative}' AND "
                  "source_file = '/raw/a'"),
            1);
  EXPECT_EQ(count("customer.by_recency"), 2);
}

TEST_F(Postgresql, FreezesTheRowsOfAPart) {
  take_lock();
  run(sample_rows(17000, "Peru", 2640), "a");
  ASSERT_TRUE(sql_.execute("CREATE EXTENSION pageinspect SCHEMA public").has_value());
  const auto frozen = sql_.query(
      "SELECT bool_and(t_infomask & 768 = 768), count(*) FROM "
      "public.heap_page_items(public.get_raw_page('voucher_store.rows_1_1', 0))");
  ASSERT_TRUE(frozen.has_value()) << frozen.error().message;
  EXPECT_TRUE(frozen->boolean(0, 0));
  EXPECT_EQ(frozen->integer(0, 1), 12);
}

TEST_F(Postgresql, PublishesWhileAReaderHoldsATransactionOpen) {
  take_lock();
  run(sample_rows(17000, "Peru", 1), "a");
  ASSERT_TRUE(sql_.execute("BEGIN").has_value());
  for (const char* name : {"assignments", "assignments_rejected", "by_recency", "by_frequency"})
    count(std::string("customer.") + name);
  const auto begin = steady_clock::now();
  run(sample_rows(18000, "Peru", 2), "b", 2);
  ASSERT_TRUE(publish(1, 2).has_value());
  ASSERT_TRUE(publish(2, 2).has_value());
  EXPECT_LT(steady_clock::now() - begin, std::chrono::seconds(5));
  EXPECT_EQ(count("customer.assignments"), 24) << "the next statement sees the new version";
}

TEST_F(Postgresql, KeepsPartsForAReaderOfAnOldInstantAndDropsThemLater) {
  take_lock();
  run(sample_rows(17000, "Peru", 1), "a");
  ASSERT_TRUE(sql_.execute("BEGIN ISOLATION LEVEL REPEATABLE READ").has_value());
  EXPECT_EQ(count("customer.by_recency"), 2);
  for (int i = 0; i < 3; ++i)
    run(sample_rows(18000 + i, "Chile", 2), fmt::format("{}", i), 2, true);
  EXPECT_EQ(count("customer.assignments WHERE country = 'Peru'"), 12) << "its own instant";
  ASSERT_TRUE(sql_.execute("COMMIT").has_value());
  EXPECT_EQ(part_tables(), 8);
  take_lock();
  EXPECT_EQ(part_tables(), 4) << "of the two versions that are kept";
  EXPECT_EQ(count("customer.assignments"), 12);
}

TEST_F(Postgresql, NeverBlocksAReaderWhileItDropsParts) {
  take_lock();
  run(sample_rows(17000, "Peru", 1), "a");
  Connection idle = TestServer::connect(url_);
  ASSERT_TRUE(idle.execute("BEGIN; SELECT count(*) FROM customer.assignments").has_value());
  for (int i = 0; i < 3; ++i) {
    run(sample_rows(18000 + i, "Chile", 2), fmt::format("{}", i), 2, true);
    ASSERT_TRUE(sql_.execute("SET lock_timeout = '1s'").has_value());
    EXPECT_EQ(count("customer.assignments"), 12);
  }
  ASSERT_TRUE(idle.execute("SELECT count(*) FROM customer.assignments; COMMIT").has_value());
  take_lock();
  EXPECT_EQ(part_tables(), 4);
}

TEST_F(Postgresql, LeavesOutPartitionsThatAreNotLive) {
  take_lock();
  for (int i = 0; i < 4; ++i)
    run(sample_rows(17000 + i, "Peru", 1), fmt::format("{}", i), 30, true);
  const auto plan =
      sql_.query("EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) SELECT * FROM customer.assignments");
  std::string text;
  for (std::size_t i = 0; i < plan->size(); ++i) text += std::string(plan->text(i, 0)) + "\n";
  std::size_t skipped = 0;
  for (std::size_t i = 0; i < plan->size(); ++i) {
    const std::string_view line = plan->text(i, 0);
    const bool is_part = line.find("Seq Scan on rows_") != std::string_view::npos;
    if (is_part && line.find("never executed") != std::string_view::npos) ++skipped;
  }
  EXPECT_EQ(skipped, 3) << text;
}

TEST_F(Postgresql, TellsWhoHoldsTheLock) {
  take_lock();
  const auto second = open(url_)->lock(id_, "run 2");
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().kind, ErrorKind::kUnavailable);
  EXPECT_THAT(second.error().message, HasSubstr("run of the test (pid"));
  lock_.reset();
  EXPECT_TRUE(open(url_)->lock(id_, "run 2").has_value());
}

TEST_F(Postgresql, FreesTheLockOfAWriterWhoseSessionEnded) {
  take_lock();
  ASSERT_TRUE(sql_.execute("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = "
                           "'advisory' AND granted")
                  .has_value());
  const auto second = open(url_);
  EXPECT_TRUE(second->lock(id_, "run 2").has_value());
  const auto lost = load(sample_rows(17000, "Peru", 1), "a");
  EXPECT_EQ(lost.error().kind, ErrorKind::kUnavailable);
  const auto after = warehouse_->mark_verified(id_, 1);
  EXPECT_THAT(after.error().message, HasSubstr("run again"));
}

TEST_F(Postgresql, LeavesViewsAsTheyAreWhereOnlySegmentsChanged) {
  take_lock();
  run(sample_rows(17000, "Peru", 1), "a");
  const auto before = sql_.query("SELECT xmin, oid FROM pg_class WHERE relname = 'assignments'");
  dataset_.variants[0].segments[1].label = "5+";
  run(sample_rows(17000, "Peru", 1), "b", 30, true);
  const auto after = sql_.query("SELECT xmin, oid FROM pg_class WHERE relname = 'assignments'");
  EXPECT_EQ(after->text(0, 0), before->text(0, 0));
  EXPECT_EQ(after->text(0, 1), before->text(0, 1));
}

TEST_F(Postgresql, RemakesViewsWithTheirGrantsWhereColumnsChanged) {
  take_lock();
  run(sample_rows(17000, "Peru", 1), "a");
  ASSERT_TRUE(sql_.execute("CREATE ROLE analyst").has_value());
  ASSERT_TRUE(sql_.execute("GRANT SELECT ON customer.by_recency TO analyst; CREATE VIEW public.v "
                           "AS SELECT amount FROM customer.by_recency")
                  .has_value());
  dataset_.decision.amount = 3;
  dataset_.warehouse.views["frequency"] = "by_orders";
  const auto loaded = load(sample_rows(17000, "Peru", 1), "c", true);
  ASSERT_TRUE(loaded.has_value()) << loaded.error().message;
  EXPECT_EQ(count("customer.by_recency WHERE amount > 0"), 2) << "nothing is changed yet";
  ASSERT_TRUE(warehouse_->mark_verified(id_, 2).has_value());
  const auto refused = publish(2);
  EXPECT_EQ(refused.error().kind, ErrorKind::kRefused);
  EXPECT_THAT(refused.error().message, HasSubstr("v depends on view"));
  EXPECT_EQ(warehouse_->live(id_).value(), 1);

  ASSERT_TRUE(sql_.execute("DROP VIEW public.v").has_value());
  const auto published = publish(2);
  ASSERT_TRUE(published.has_value()) << published.error().message;
  EXPECT_EQ(count("customer.by_recency WHERE orders > 0"), 2);
  EXPECT_EQ(count("customer.by_orders"), 2);
  EXPECT_EQ(count("pg_class WHERE relname = 'by_frequency'"), 0);
  EXPECT_TRUE(sql_.query("SELECT has_table_privilege('analyst', 'customer.by_recency', 'SELECT')")
                  ->boolean(0, 0));
  ASSERT_TRUE(publish(1).has_value()) << "and back, with the columns of then";
  EXPECT_EQ(count("customer.by_recency WHERE amount > 0"), 2);
  EXPECT_EQ(count("customer.by_frequency"), 2);
  ASSERT_TRUE(sql_.execute("DROP OWNED BY analyst; DROP ROLE analyst").has_value());
}

TEST_F(Postgresql, HoldsALoadThatIsDoneAgainOnce) {
  take_lock();
  ASSERT_EQ(load(sample_rows(17000, "Peru", 1), "a")->version, 1);
  ASSERT_EQ(load(sample_rows(17000, "Peru", 1), "a")->version, 2);
  ASSERT_EQ(load(sample_rows(18000, "Peru", 1), "b")->version, 3) << "other files, equal counts";
  std::vector<VersionNumber> numbers;
  const auto versions = warehouse_->versions(id_).value();
  for (const VersionSummary& version : versions) numbers.push_back(version.manifest.version);
  EXPECT_THAT(numbers, ::testing::ElementsAre(2, 3));
}

TEST_F(Postgresql, RefusesANameThatIsTaken) {
  ASSERT_TRUE(sql_.execute("CREATE SCHEMA customer; CREATE TABLE customer.by_recency (a integer)")
                  .has_value());
  take_lock();
  const auto refused = load(sample_rows(17000, "Peru", 1), "a");
  EXPECT_EQ(refused.error().kind, ErrorKind::kRefused);
  EXPECT_THAT(refused.error().message, HasSubstr("customer.by_recency exists"));
  EXPECT_EQ(part_tables(), 0) << "nothing is left";
}

TEST_F(Postgresql, SaysWhatToGrant) {
  ASSERT_TRUE(sql_.execute("CREATE ROLE stranger LOGIN").has_value());
  const std::string database(sql_.query("SELECT current_database()")->text(0, 0));
  const auto stranger = open(TestServer::get().url(database, "stranger"));
  const auto refused = stranger->lock(id_, "run");
  EXPECT_EQ(refused.error().kind, ErrorKind::kRefused);
  EXPECT_THAT(refused.error().message,
              HasSubstr("GRANT CREATE ON DATABASE " + database + " TO stranger"));
  take_lock();
  run(sample_rows(17000, "Peru", 1), "a");
  const auto unread = stranger->live(id_);
  EXPECT_EQ(unread.error().kind, ErrorKind::kRefused);
  EXPECT_THAT(unread.error().message, HasSubstr("GRANT USAGE ON SCHEMA voucher_store"));
  ASSERT_TRUE(sql_.execute("DROP ROLE stranger").has_value());
}

TEST_F(Postgresql, RefusesADamagedSnapshot) {
  take_lock();
  run(sample_rows(17000, "Peru", 1), "a");
  ASSERT_TRUE(sql_.execute("UPDATE voucher_store.version SET snapshot = replace(snapshot, "
                           "'Peru', 'Pera')")
                  .has_value());
  EXPECT_THAT(warehouse_->snapshot(id_, 1).error().message, HasSubstr("snapshot is damaged"));
}

TEST_F(Postgresql, IsWokenByAPublication) {
  take_lock();
  const auto reader = open(url_);
  ASSERT_TRUE(reader->datasets().has_value());
  std::stop_source stop;
  reader->wait_for_news(std::chrono::milliseconds(1), stop.get_token());
  std::jthread writer([&] { run(sample_rows(17000, "Peru", 1), "a"); });
  const auto begin = steady_clock::now();
  reader->wait_for_news(std::chrono::seconds(30), stop.get_token());
  EXPECT_LT(steady_clock::now() - begin, std::chrono::seconds(20));
  writer.join();
  EXPECT_EQ(reader->live(id_).value(), 1);
}

TEST_F(Postgresql, SurvivesTheServersAbsence) {
  take_lock();
  run(sample_rows(17000, "Peru", 1), "a");
  const auto reader = open(url_);
  ASSERT_EQ(reader->live(id_).value(), 1);
  TestServer::get().stop();
  EXPECT_EQ(reader->live(id_).error().kind, ErrorKind::kUnavailable);
  const auto absent = open(url_);
  EXPECT_EQ(absent->live(id_).error().kind, ErrorKind::kUnavailable);
  const auto lost = load(sample_rows(18000, "Peru", 1), "b");
  EXPECT_EQ(lost.error().kind, ErrorKind::kUnavailable);
  EXPECT_THAT(lost.error().message, Not(HasSubstr("password")));
  TestServer::get().start();
  const auto begin = steady_clock::now();
  while (!reader->live(id_) && steady_clock::now() - begin < std::chrono::seconds(10))
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_LT(steady_clock::now() - begin, std::chrono::seconds(5));
  sql_ = TestServer::connect(url_);
  take_lock();
  run(sample_rows(18000, "Peru", 1), "b");
  EXPECT_EQ(count("customer.assignments"), 24);
}

TEST_F(Postgresql, RefusesAStoreOfAnotherFormat) {
  take_lock();
  lock_.reset();
  ASSERT_TRUE(sql_.execute("UPDATE voucher_store.format SET number = 99").has_value());
  EXPECT_THAT(open(url_)->live(id_).error().message, HasSubstr("another format"));
}

}  // namespace
}  // namespace voucher::postgresql
