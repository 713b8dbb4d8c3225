// What every warehouse must do, run against each of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/hash.h"
#include "warehouse/embedded/assignment_fixture.h"
#include "warehouse/postgresql/postgresql_warehouse.h"
#include "warehouse/postgresql/server_fixture.h"
#include "warehouse/published_snapshot.h"

namespace voucher {
namespace {

using embedded::fixture::Assignment;
using embedded::fixture::day;
using embedded::fixture::memory_connection;
using embedded::fixture::sample_rows;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
namespace fs = std::filesystem;

/// A warehouse with what the steps of a run need.
struct Place {
  Place(const std::string& kind, const Clock& clock) {
    if (kind == "embedded") {
      warehouse = make_embedded_warehouse(folder.path() / "warehouse", clock);
    } else {
      const std::string url = postgresql::fixture::TestServer::get().new_database();
      warehouse = make_postgresql_warehouse(postgresql::ServerAddress::parse(url).value(), clock);
    }
  }

  LoadRequest request(std::optional<TransformOutcome> transformed) const {
    LoadRequest request;
    request.dataset = dataset;
    request.transformed = std::move(transformed);
    request.based_on = warehouse->live(id).value();
    request.engine = "duckdb";
    request.tool_version = "0";
    request.run_id = "r1";
    request.loaded_by = "me@here";
    return request;
  }
  TransformOutcome outcome(const std::vector<Assignment>& rows, const std::string& name) const {
    return embedded::fixture::transform(folder.path() / "staged" / name, dataset, rows, name);
  }
  VersionNumber load(const std::vector<Assignment>& rows, const std::string& name) {
    const auto manifest = warehouse->load(request(outcome(rows, name)), {});
    EXPECT_TRUE(manifest.has_value()) << manifest.error().message;
    return manifest ? manifest->version : 0;
  }
  Result<> publish(VersionNumber number, int keep = 30) {
    return warehouse->publish(id, {number, {}, {}, "me@here", "test"}, keep);
  }
  VersionNumber run(const std::vector<Assignment>& rows, const std::string& name, int keep = 30) {
    const VersionNumber number = load(rows, name);
    EXPECT_TRUE(warehouse->mark_verified(id, number).has_value());
    const auto published = publish(number, keep);
    EXPECT_TRUE(published.has_value()) << published.error().message;
    return number;
  }
  std::unique_ptr<WriterLock> lock() {
    auto lock = warehouse->lock(id, "test");
    EXPECT_TRUE(lock.has_value()) << lock.error().message;
    return lock ? *std::move(lock) : nullptr;
  }
  /// Distinct inputs as text, sorted.
  std::vector<std::string> inputs(VersionNumber number) {
    std::vector<std::string> lines;
    const auto streamed = warehouse->verify_inputs(
        id, number,
        [&](const VerifyInput& input) -> Result<> {
          std::string line = fmt::format("{}", input.variant);
          for (const Field& field : input.row) {
            line += field.has_value() ? fmt::format(" {}{}", field.text, field.number)
                                      : std::string(" -");
          }
          lines.push_back(fmt::format("{} {} {}", line, input.label.value_or("NULL"), input.rows));
          return {};
        },
        {});
    EXPECT_TRUE(streamed.has_value()) << streamed.error().message;
    std::ranges::sort(lines);
    return lines;
  }

  embedded::fixture::TemporaryFolder folder;
  DatasetId id{"customer", "voucher"};
  Dataset dataset = embedded::fixture::test_dataset();
  std::unique_ptr<Warehouse> warehouse;
};

class WarehouseContract : public ::testing::TestWithParam<std::string> {
 protected:
  FixedClock clock_{day(20000)};
  Place place_{GetParam(), clock_};
  Warehouse& warehouse_ = *place_.warehouse;
  const DatasetId& id_ = place_.id;
};

INSTANTIATE_TEST_SUITE_P(All, WarehouseContract, ::testing::Values("embedded", "postgresql"),
                         [](const auto& kind) { return kind.param; });

TEST_P(WarehouseContract, HasNothingBeforeTheFirstLoad) {
  EXPECT_EQ(warehouse_.live(id_).value(), std::nullopt);
  EXPECT_THAT(warehouse_.datasets().value(), IsEmpty());
  EXPECT_THAT(warehouse_.versions(id_).value(), IsEmpty());
  EXPECT_EQ(warehouse_.version(id_, 1).error().kind, ErrorKind::kRefused);
  EXPECT_THAT(warehouse_.version(id_, 1).error().message, HasSubstr("nothing is loaded yet"));
  EXPECT_EQ(warehouse_.snapshot(id_, 1).error().kind, ErrorKind::kRefused);
  EXPECT_FALSE(read_published_snapshot(warehouse_, id_).value().has_value());
}

TEST_P(WarehouseContract, GoesFromLoadedToVerifiedToPublished) {
  const auto lock = place_.lock();
  ASSERT_EQ(place_.load(sample_rows(17000, "Peru", 2640), "a"), 1);
  EXPECT_EQ(warehouse_.version(id_, 1)->state, VersionState::kLoaded);
  EXPECT_THAT(place_.publish(1).error().message, HasSubstr("not verified"));
  EXPECT_EQ(warehouse_.live(id_).value(), std::nullopt);
  EXPECT_THAT(warehouse_.datasets().value(), IsEmpty());

  ASSERT_TRUE(warehouse_.mark_verified(id_, 1).has_value());
  EXPECT_EQ(warehouse_.version(id_, 1)->state, VersionState::kVerified);
  ASSERT_TRUE(place_.publish(1).has_value());
  EXPECT_EQ(warehouse_.live(id_).value(), 1);
  EXPECT_THAT(warehouse_.datasets().value(), ElementsAre(id_));
  const VersionSummary summary = warehouse_.version(id_, 1).value();
  EXPECT_EQ(summary.state, VersionState::kPublished);
  EXPECT_TRUE(summary.live);
  ASSERT_THAT(summary.publications, SizeIs(1));
  EXPECT_EQ(summary.publications[0].at, clock_.now());
  EXPECT_EQ(summary.publications[0].by, "me@here");
  EXPECT_EQ(summary.manifest.parts[0].verified_definition, summary.manifest.definition);
}

TEST_P(WarehouseContract, RefusesToPublishWhatWasLoadedOnAnotherVersion) {
  const auto lock = place_.lock();
  const VersionNumber first = place_.load(sample_rows(17000, "Peru", 2640), "a");
  const VersionNumber second = place_.load(sample_rows(18000, "Peru", 2640), "b");
  ASSERT_TRUE(warehouse_.mark_verified(id_, first).has_value());
  ASSERT_TRUE(warehouse_.mark_verified(id_, second).has_value());
  ASSERT_TRUE(place_.publish(second).has_value());
  EXPECT_THAT(place_.publish(first).error().message, HasSubstr("version 2 is live"));
  EXPECT_EQ(warehouse_.live(id_).value(), second);
}

TEST_P(WarehouseContract, RollsBackAndForwardAndBuildsOnWhatIsLive) {
  const auto lock = place_.lock();
  place_.run(sample_rows(17000, "Peru", 1), "a");
  place_.run(sample_rows(18000, "Peru", 2), "b");
  ASSERT_TRUE(place_.publish(1).has_value());
  EXPECT_EQ(warehouse_.live(id_).value(), 1);
  const auto publications = warehouse_.version(id_, 1)->publications;
  ASSERT_THAT(publications, SizeIs(2));
  EXPECT_EQ(publications[1].replaced, 2);
  const auto next =
      warehouse_.load(place_.request(place_.outcome(sample_rows(18000, "Peru", 2), "b")), {});
  ASSERT_TRUE(next.has_value()) << next.error().message;
  EXPECT_EQ(next->version, 3);
  EXPECT_EQ(next->based_on, 1);
  ASSERT_TRUE(place_.publish(2).has_value());
  ASSERT_TRUE(place_.publish(2).has_value()) << "again, which changes nothing";
  EXPECT_THAT(warehouse_.version(id_, 2)->publications, SizeIs(2));
}

TEST_P(WarehouseContract, TakesRowsOfEarlierPartsForDuplicates) {
  const auto lock = place_.lock();
  auto rows = sample_rows(17000, "Peru", 1);
  place_.run(rows, "a");
  rows.erase(rows.begin(), rows.begin() + 5);
  rows.push_back({day(17003, 77), "Chile", day(16000), 3, 100});
  const auto manifest = warehouse_.load(place_.request(place_.outcome(rows, "b")), {});
  ASSERT_TRUE(manifest.has_value()) << manifest.error().message;
  EXPECT_EQ(manifest->new_rows.processed, 1);
  EXPECT_EQ(manifest->new_rows.duplicates, 7);
  const Snapshot snapshot = warehouse_.snapshot(id_, 2).value();
  EXPECT_EQ(snapshot.history.groups().at("chile").all.rows(), 1);
  EXPECT_EQ(snapshot.history.groups().at("peru").all.rows(), 12);
}

TEST_P(WarehouseContract, RemovesVersionsBeyondThoseToKeep) {
  const auto lock = place_.lock();
  for (int i = 0; i < 5; ++i)
    place_.run(sample_rows(17000 + 100 * i, "Peru", i), fmt::format("f{}", i), 2);
  const auto versions = warehouse_.versions(id_).value();
  ASSERT_THAT(versions, SizeIs(2));
  EXPECT_EQ(versions[0].manifest.version, 4);
  EXPECT_THAT(versions[1].manifest.parts, SizeIs(5)) << "parts that are shared stay";
  EXPECT_THAT(warehouse_.version(id_, 1).error().message, HasSubstr("there are 4, 5"));
}

TEST_P(WarehouseContract, StopsWithoutATrace) {
  const auto lock = place_.lock();
  std::stop_source stop;
  stop.request_stop();
  const auto refused = warehouse_.load(
      place_.request(place_.outcome(sample_rows(17000, "Peru", 1), "a")), {{}, stop.get_token()});
  EXPECT_EQ(refused.error().kind, ErrorKind::kInterrupted);
  EXPECT_THAT(warehouse_.versions(id_).value(), IsEmpty());
  EXPECT_EQ(place_.load(sample_rows(17000, "Peru", 1), "a"), 1);
}

TEST_P(WarehouseContract, GivesPartsAsFilesWithAllTheirRows) {
  const auto lock = place_.lock();
  place_.run(sample_rows(17000, "Peru", 1), "a");
  place_.run(sample_rows(18000, "Chile", 1), "b");
  const std::vector<std::size_t> positions{1};
  const auto files = warehouse_.part_files(id_, 2, positions, place_.folder.path() / "scratch", {});
  ASSERT_TRUE(files.has_value()) << files.error().message;
  ASSERT_THAT(*files, SizeIs(1));
  auto connection = memory_connection();
  const auto count = [&](const fs::path& file, const std::string& what) {
    return connection
        .query_integer(fmt::format("SELECT {} FROM read_parquet('{}')", what, file.string()))
        .value();
  };
  EXPECT_EQ(count(files->front().processed, "count(*)"), 12);
  EXPECT_EQ(count(files->front().processed,
                  "count(*) FILTER (source_file = '/raw/b' AND country = 'Chile')"),
            12);
  EXPECT_EQ(count(files->front().processed, "sum(epoch_us(\"at\") % 86400000000)::BIGINT"), 66);
  EXPECT_EQ(count(files->front().rejected,
                  "count(*) FILTER (reasons = ['orders_negative'] AND source_row = 0)"),
            1);
}

TEST_P(WarehouseContract, PreviewsWhatALoadWouldMake) {
  auto lock = place_.lock();
  place_.run(sample_rows(17000, "Peru", 1), "a");
  const fs::path scratch = place_.folder.path() / "scratch";
  fs::create_directories(scratch);
  const auto preview = warehouse_.preview(
      place_.request(place_.outcome(sample_rows(18000, "Chile", 3), "b")), scratch, {});
  ASSERT_TRUE(preview.has_value()) << preview.error().message;
  EXPECT_THAT(warehouse_.versions(id_).value(), SizeIs(1));
  auto connection = memory_connection();
  std::int64_t rows = 0;
  for (const fs::path& file : preview->processed) {
    rows +=
        connection
            .query_integer(fmt::format("SELECT count(*) FROM read_parquet('{}')", file.string()))
            .value();
  }
  EXPECT_EQ(rows, 24);
  place_.load(sample_rows(18000, "Chile", 3), "b");
  EXPECT_EQ(to_canonical_json(preview->snapshot),
            to_canonical_json(warehouse_.snapshot(id_, 2).value()));
}

TEST_P(WarehouseContract, ListsTheRowsBehindACell) {
  const auto lock = place_.lock();
  place_.run(sample_rows(17000, "Peru", 1000), "a");
  CellRowsRequest request;
  request.cell = {"peru", 0, "0-4"};
  request.first_amount = 1100;
  std::vector<std::int64_t> amounts;
  const auto listed = warehouse_.cell_rows(
      id_, 1, request,
      [&](const StoredRow& row) -> Result<> {
        EXPECT_EQ(row.source_file, "/raw/a");
        amounts.push_back(row.values[4].has_value() ? row.values[4].number : -1);
        return {};
      },
      {});
  ASSERT_TRUE(listed.has_value()) << listed.error().message;
  EXPECT_THAT(amounts, ElementsAre(1100, 1000, 1000));
  std::size_t rejected = 0;
  ASSERT_TRUE(warehouse_
                  .rejected_rows(id_, 1, "y",
                                 [&](const RejectedRow& row) -> Result<> {
                                   ++rejected;
                                   EXPECT_THAT(row.reasons, ElementsAre("orders_negative"));
                                   EXPECT_EQ(row.originals[4], std::nullopt);
                                   return {};
                                 },
                                 {})
                  .has_value());
  EXPECT_EQ(rejected, 1);
}

/// The two kinds side by side.
class Warehouses : public ::testing::Test {
 protected:
  FixedClock clock_{day(20000)};
  Place folder_{"embedded", clock_};
  Place server_{"postgresql", clock_};
};

TEST_F(Warehouses, HoldTheSameVersionOfTheSameRows) {
  const auto folder_lock = folder_.lock();
  const auto server_lock = server_.lock();
  auto rows = sample_rows(17000, "Peru", 1000);
  rows.push_back({day(17003, 77), "PERU", day(16000), 3, 100});
  rows.push_back({day(17004, 77), "peru", day(16000), 300, std::nullopt});
  for (Place* place : {&folder_, &server_}) {
    place->run(rows, "a");
    place->run(sample_rows(18000, "Chile", 5), "b");
  }
  EXPECT_EQ(to_canonical_json(folder_.warehouse->snapshot(folder_.id, 2).value()),
            to_canonical_json(server_.warehouse->snapshot(server_.id, 2).value()));
  for (VariantIndex variant = 0; variant < 2; ++variant) {
    const auto expected = folder_.warehouse->view_rows(folder_.id, 2, variant).value();
    const auto found = server_.warehouse->view_rows(server_.id, 2, variant).value();
    ASSERT_EQ(found.size(), expected.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
      EXPECT_EQ(found[i].group, expected[i].group);
      EXPECT_EQ(found[i].segment, expected[i].segment);
      EXPECT_EQ(found[i].total, expected[i].total);
      EXPECT_EQ(found[i].choice, expected[i].choice);
    }
  }
}

TEST_F(Warehouses, StreamTheSameInputsToVerify) {
  const auto folder_lock = folder_.lock();
  const auto server_lock = server_.lock();
  auto rows = sample_rows(-30, "Perú", 1000);  // days before 1970, too
  rows.push_back({day(9, kMicrosPerDay - 1), "", day(-400, 1), -3, 100});
  folder_.load(rows, "a");
  server_.load(rows, "a");
  EXPECT_THAT(folder_.inputs(1), SizeIs(::testing::Gt(10)));
  EXPECT_EQ(folder_.inputs(1), server_.inputs(1));
}

}  // namespace
}  // namespace voucher
