#include "warehouse/embedded/version_load.h"

#include <random>
#include <stop_token>

#include "sql/parquet_files.h"
#include "warehouse/embedded/warehouse_fixture.h"

namespace voucher::embedded {
namespace {

using fixture::Assignment;
using fixture::day;
using fixture::sample_rows;
using fixture::transform;
using fixture::write_processed;
using ::testing::HasSubstr;
using ::testing::SizeIs;
namespace fs = std::filesystem;

class VersionLoad : public fixture::WarehouseTest {};

TEST_F(VersionLoad, AddsTheCountsOfNewFilesToThoseOfTheLiveVersion) {
  run(sample_rows(17000, "Peru", 2640), "a");
  const auto both = load(outcome(sample_rows(18000, "China", 99), "b"));
  ASSERT_TRUE(both.has_value()) << both.error().message;
  EXPECT_EQ(both->based_on, 1);
  EXPECT_EQ(both->rows.processed, 24);
  EXPECT_EQ(both->rows.rejected_by.at("orders_negative"), 2);
  EXPECT_EQ(both->new_rows.processed, 12);
  EXPECT_THAT(both->parts, SizeIs(2));
  const Snapshot snapshot = warehouse_->snapshot(id_, 2).value();
  EXPECT_EQ(snapshot.rows, both->rows);
  EXPECT_EQ(snapshot.history.groups().at("peru").all.rows(), 12);
  EXPECT_EQ(snapshot.history.groups().at("china").all.rows(), 12);
}

TEST_F(VersionLoad, CountsRowsThatEarlierPartsHoldAsDuplicates) {
  const auto old_rows = sample_rows(17000, "Peru", 2640);
  run(old_rows, "a");
  auto rows = sample_rows(17005, "Peru", 700);
  rows.insert(rows.end(), old_rows.begin() + 3, old_rows.begin() + 8);  // 3 and 7 have no amount
  const auto manifest = load(outcome(rows, "b"));
  ASSERT_TRUE(manifest.has_value()) << manifest.error().message;
  EXPECT_EQ(manifest->new_rows.duplicates, 5);
  EXPECT_EQ(manifest->new_rows.processed, 12);
  EXPECT_TRUE(manifest->rows.balanced());
  EXPECT_EQ(manifest->parts[1].time_ranges[0].least, day(17003, 3)) << "that of a duplicate";
  EXPECT_EQ(manifest->parts[1].time_ranges[0].greatest, day(17016, 11));
  EXPECT_EQ(warehouse_->snapshot(id_, 2)->history.groups().at("peru").all.rows(), 24);
  EXPECT_EQ(manifest->parts[1].rows.processed, 12);
}

TEST_F(VersionLoad, KeepsTheFileOfAPartWithoutDuplicatesAsItIs) {
  run(sample_rows(17000, "Peru", 2640), "a");
  auto transformed = outcome(sample_rows(17001, "Peru", 2640), "b");
  const std::string hash = sha256_file(transformed.processed).value();
  const auto manifest = load(std::move(transformed));
  EXPECT_EQ(manifest->new_rows.duplicates, 0);
  EXPECT_EQ(manifest->parts[1].name, hash);
}

TEST_F(VersionLoad, HasNoPartFileWhereEveryRowIsADuplicate) {
  const auto rows = sample_rows(17000, "Peru", 2640);
  run(rows, "a");
  const VersionNumber number = run(rows, "b");
  const VersionManifest manifest = warehouse_->version(id_, number)->manifest;
  EXPECT_EQ(manifest.parts[1].name, "");
  EXPECT_EQ(manifest.new_rows.duplicates, 12);
  EXPECT_EQ(files_in("parts"), 1);
  EXPECT_THAT(warehouse_->view_rows(id_, number, 0).value(), SizeIs(2));
  EXPECT_EQ(load(outcome(sample_rows(1, "X", 1), "b")).error().kind, ErrorKind::kRefused)
      << "its files are known all the same";
}

TEST_F(VersionLoad, KeepsEqualRowsWhereTheDefinitionDoesNotDeduplicate) {
  dataset_.clean.deduplicate = Deduplicate::kNone;
  const auto rows = sample_rows(17000, "Peru", 2640);
  run(rows, "a");
  EXPECT_EQ(load(outcome(rows, "b"))->rows.processed, 24);
}

TEST_F(VersionLoad, CountsTheRowsItselfWhereAnOutcomeHasNoCounts) {
  auto counted = outcome(sample_rows(17000, "Peru", 2640), "a");
  const HistoryCounts expected = *counted.history;
  counted.history.reset();
  ASSERT_TRUE(load(std::move(counted)).has_value());
  EXPECT_EQ(warehouse_->snapshot(id_, 1)->history, expected);
}

TEST_F(VersionLoad, RefusesAFileWhoseContentItHolds) {
  run(sample_rows(17000, "Peru", 2640), "a");
  auto again = outcome(sample_rows(18000, "Peru", 2640), "b");
  again.files[0].sha256 = sha256_hex("a");
  const auto refused = load(std::move(again));
  EXPECT_EQ(refused.error().kind, ErrorKind::kRefused);
  EXPECT_THAT(refused.error().message, HasSubstr("/raw/b (taken as /raw/a)"));
}

TEST_F(VersionLoad, RefusesAKnownPathWithOtherContent) {
  run(sample_rows(17000, "Peru", 2640), "a");
  auto again = outcome(sample_rows(18000, "Peru", 2640), "b");
  again.files[0].path = "/raw/a";
  const auto refused = load(std::move(again));
  EXPECT_EQ(refused.error().kind, ErrorKind::kRefused);
  EXPECT_THAT(refused.error().message, HasSubstr("--replace"));
  EXPECT_THAT(refused.error().message, HasSubstr("--append"));
}

TEST_F(VersionLoad, NeedsAFullRefreshForAnotherDefinition) {
  run(sample_rows(17000, "Peru", 2640), "a");
  dataset_.variants[0].segments[0].range.to = 3;
  dataset_.variants[0].segments[1].range.from = 4;
  EXPECT_EQ(load(outcome(sample_rows(18000, "Peru", 1), "b")).error().kind, ErrorKind::kRefused);
  const auto refreshed = load(outcome(sample_rows(17000, "Peru", 2640), "a"), true);
  ASSERT_TRUE(refreshed.has_value()) << refreshed.error().message;
  EXPECT_EQ(refreshed->based_on, 1);
  EXPECT_EQ(refreshed->rows.processed, 12);
  EXPECT_THAT(refreshed->parts, SizeIs(1));
}

TEST_F(VersionLoad, RefusesOutputsThatAreNotWhatTheTransformSaid) {
  auto fewer = outcome(sample_rows(17000, "Peru", 2640), "a");
  write_processed(fewer.processed, dataset_, {sample_rows(17000, "Peru", 1)[0]}, "/raw/a");
  EXPECT_EQ(load(std::move(fewer)).error().kind, ErrorKind::kRefused);
  auto other = outcome(sample_rows(17000, "Peru", 2640), "b");
  fs::copy_file(other.rejected, other.processed, fs::copy_options::overwrite_existing);
  EXPECT_EQ(load(std::move(other)).error().kind, ErrorKind::kRefused);
  auto cut = outcome(sample_rows(17000, "Peru", 2640), "c");
  fs::resize_file(cut.processed, fs::file_size(cut.processed) / 2);
  EXPECT_EQ(load(std::move(cut)).error().kind, ErrorKind::kRefused);
  EXPECT_EQ(files_in("versions"), 0);
  EXPECT_EQ(files_in("parts"), 0);
}

TEST_F(VersionLoad, StopsALoadWhenAsked) {
  std::stop_source stop;
  stop.request_stop();
  const LoadRequest stopped = request(outcome(sample_rows(17000, "Peru", 1), "a"));
  EXPECT_EQ(warehouse_->load(stopped, {{}, stop.get_token()}).error().kind,
            ErrorKind::kInterrupted);
  EXPECT_EQ(files_in("versions"), 0);
}

TEST_F(VersionLoad, WarnsOfSpellingsAndUnknownColumns) {
  auto rows = sample_rows(17000, "Peru", 1);
  rows[3].country = "PERU";
  auto transformed = outcome(rows, "a");
  transformed.unknown_columns = {"extra"};
  const auto manifest = load(std::move(transformed));
  ASSERT_THAT(manifest->warnings, SizeIs(2));
  EXPECT_THAT(manifest->warnings[0],
              HasSubstr("Peru has several spellings: PERU (1 rows), Peru (11 rows)"));
  EXPECT_THAT(manifest->warnings[1], HasSubstr("extra"));
}

TEST_F(VersionLoad, TakesAKnownPathWithOtherContentBesideItWhereAsked) {
  run(sample_rows(17000, "Peru", 2640), "a");
  auto again = outcome(sample_rows(18000, "Peru", 2640), "b");
  again.files[0].path = "/raw/a";
  LoadRequest append = request(std::move(again));
  append.append = true;
  const auto both = warehouse_->load(append, {});
  ASSERT_TRUE(both.has_value()) << both.error().message;
  EXPECT_EQ(both->rows.processed, 24);
}

TEST_F(VersionLoad, RefusesWorkThatWasPreparedOnAnotherVersion) {
  const LoadRequest early = request(outcome(sample_rows(17000, "Peru", 2640), "a"));
  run(sample_rows(18000, "Peru", 1), "b");
  const auto refused = warehouse_->load(early, {});
  ASSERT_FALSE(refused.has_value());
  EXPECT_THAT(refused.error().message, HasSubstr("prepared on nothing, but version 1 is live"));
}

TEST_F(VersionLoad, SubtractsTheRowsOfPartsThatAreDropped) {
  run(sample_rows(17000, "Peru", 2640), "a");
  run(sample_rows(18000, "China", 99), "b");
  LoadRequest dropping = request(outcome(sample_rows(18000, "CHINA", 7), "c"));
  dropping.dropped = {1};
  const auto manifest = warehouse_->load(dropping, {});
  ASSERT_TRUE(manifest.has_value()) << manifest.error().message;
  EXPECT_EQ(manifest->rows.raw, 26);
  EXPECT_THAT(manifest->parts, SizeIs(2));

  dataset_.dataset = "rebuilt";
  id_.dataset = "rebuilt";
  run(sample_rows(17000, "Peru", 2640), "a");
  EXPECT_EQ(load(outcome(sample_rows(18000, "CHINA", 7), "c"))->snapshot, manifest->snapshot);
}

TEST_F(VersionLoad, RefusesToSubtractRowsThatWereNeverCounted) {
  run(sample_rows(17000, "Peru", 2640), "a");
  run(sample_rows(18000, "China", 99), "b");
  const Part part = warehouse_->version(id_, 2)->manifest.parts[1];
  const fs::path file = root_ / "customer/voucher/parts" / Layout::parquet_name(part.name);
  write_processed(file, dataset_, sample_rows(18000, "Peru", 123), "/raw/b");
  LoadRequest dropping = request(std::nullopt);
  dropping.dropped = {1};
  const auto refused = warehouse_->load(dropping, {});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, ErrorKind::kRefused);
  EXPECT_THAT(refused.error().message, HasSubstr("--full-refresh"));
}

class RewrittenParts : public VersionLoad {
 protected:
  void SetUp() override {
    run(sample_rows(17000, "Peru", 2640), "a");
    run(sample_rows(18000, "China", 99), "b");
    run(sample_rows(19000, "Chile", 5), "c");
  }

  /// The rows of two parts as one, as an engine would write them under dataset_.
  RewrittenPart rewrite(std::vector<std::size_t> positions, std::vector<Assignment> rows) {
    const TransformOutcome written = outcome(rows, "rewritten");
    return {std::move(positions), written.processed, written.rejected, *written.history};
  }
};

TEST_F(RewrittenParts, TakeTheirPlaceAndChangeNoSnapshot) {
  auto rows = sample_rows(17000, "Peru", 2640);
  const auto more = sample_rows(18000, "China", 99);
  rows.insert(rows.end(), more.begin(), more.end());
  LoadRequest merging = request(outcome(sample_rows(18000, "China", 99), "d"));
  merging.rewritten = {rewrite({0, 1}, rows)};
  const auto merged = warehouse_->load(merging, {});
  ASSERT_TRUE(merged.has_value()) << merged.error().message;
  ASSERT_THAT(merged->parts, SizeIs(3));
  const Part& part = merged->parts[0];
  EXPECT_THAT(part.files, SizeIs(2));
  EXPECT_EQ(part.rows.processed, 24);
  EXPECT_EQ(part.rows.rejected, 2);
  EXPECT_EQ(part.time_ranges[0].least, day(17000));
  EXPECT_EQ(part.time_ranges[0].greatest, day(18011, 11));
  EXPECT_EQ(part.verified_definition, "") << "a file written anew is verified anew";
  EXPECT_NE(merged->parts[1].verified_definition, "");
  EXPECT_EQ(merged->new_rows.duplicates, 12) << "found in the rewritten part";
  const auto plain = load(outcome(sample_rows(18000, "China", 99), "d"));
  EXPECT_EQ(plain->snapshot, merged->snapshot);
}

TEST_F(RewrittenParts, BringTheirCountsWhereTheDefinitionChanged) {
  const VersionManifest live = warehouse_->version(id_, 3)->manifest;
  dataset_.variants[0].segments[0].range.to = 3;
  dataset_.variants[0].segments[1].range.from = 4;
  LoadRequest relabelling = request(std::nullopt);
  relabelling.rewritten = {rewrite({0}, sample_rows(17000, "Peru", 2640)),
                           rewrite({2}, sample_rows(19000, "Chile", 5))};
  relabelling.rewritten[0].rejected.clear();
  const auto refused = warehouse_->load(relabelling, {});
  ASSERT_FALSE(refused.has_value()) << "a part of the old definition would stay";
  relabelling.dropped = {1};
  const auto preview = warehouse_->preview(relabelling, folder_.path(), {});
  ASSERT_TRUE(preview.has_value()) << preview.error().message;
  EXPECT_THAT(preview->processed, SizeIs(2));
  EXPECT_EQ(preview->snapshot.history.groups().size(), 2U);
}

TEST_F(VersionLoad, PreviewsWhatItWouldMakeAndMakesNothing) {
  run(sample_rows(17000, "Peru", 2640), "a");
  auto rows = sample_rows(18000, "China", 1);
  rows.push_back(sample_rows(17000, "Peru", 2640)[4]);
  const LoadRequest wanted = request(outcome(rows, "b"));
  const fs::path scratch = folder_.path() / "scratch";
  fs::create_directories(scratch);
  const auto before = files_in("");
  const auto preview = warehouse_->preview(wanted, scratch, {});
  ASSERT_TRUE(preview.has_value()) << preview.error().message;
  EXPECT_EQ(files_in(""), before);
  EXPECT_EQ(files_in("versions"), 1U);
  EXPECT_THAT(preview->processed, SizeIs(2));
  auto connection = fixture::memory_connection();
  EXPECT_EQ(connection.query_integer("SELECT count(*) FROM " +
                                     sql::parquet_files_sql(preview->processed)),
            24);
  const auto loaded = warehouse_->load(wanted, {});
  ASSERT_TRUE(loaded.has_value()) << loaded.error().message;
  EXPECT_EQ(loaded->snapshot, sha256_hex(to_canonical_json(preview->snapshot)));
}

TEST_F(VersionLoad, NamesTheFilesOfParts) {
  const auto rows = sample_rows(17000, "Peru", 2640);
  run(rows, "a");
  run(rows, "b");
  const std::vector<std::size_t> positions{1, 0};
  const auto files = warehouse_->part_files(id_, 2, positions, folder_.path(), {});
  ASSERT_TRUE(files.has_value());
  ASSERT_THAT(*files, SizeIs(2));
  EXPECT_EQ((*files)[0].processed, "") << "every row is a duplicate";
  EXPECT_TRUE(fs::exists((*files)[0].rejected));
  EXPECT_TRUE(fs::exists((*files)[1].processed));
}

TEST_F(VersionLoad, GivesTheSameSnapshotHoweverTheHistoryIsSplit) {
  for (unsigned seed = 1; seed <= 6; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    const auto below = [&](std::int64_t limit) {
      return static_cast<std::int64_t>(random() % static_cast<unsigned>(limit));
    };
    // Few distinct values: many rows are equal to rows of other parts.
    std::vector<Assignment> rows;
    const char* spellings[] = {"Peru", "PERU", "China", "peru"};
    for (int i = 0; i < 120; ++i) {
      const Timestamp at = day(17000 + below(6), below(2));
      rows.push_back({at, spellings[below(4)],
                      Timestamp{at.micros - (28 + below(5)) * kMicrosPerDay}, 3 + below(3),
                      below(3) == 0 ? std::nullopt : std::optional(below(2) * 100)});
    }
    dataset_.dataset = fmt::format("whole{}", seed);
    id_.dataset = dataset_.dataset;
    const auto whole = load(transform(folder_.path() / "w", dataset_, rows, "whole", 3));
    ASSERT_TRUE(whole.has_value()) << whole.error().message;

    dataset_.dataset = fmt::format("split{}", seed);
    id_.dataset = dataset_.dataset;
    const std::size_t pieces = 2 + random() % 3;
    std::string last;
    for (std::size_t piece = 0; piece < pieces; ++piece) {
      const auto begin = rows.begin() + static_cast<std::ptrdiff_t>(rows.size() * piece / pieces);
      const auto end =
          rows.begin() + static_cast<std::ptrdiff_t>(rows.size() * (piece + 1) / pieces);
      const auto part =
          load(transform(folder_.path() / fmt::format("s{}", piece), dataset_, {begin, end},
                         fmt::format("piece{}", piece), piece == 0 ? 3 : 0));
      ASSERT_TRUE(part.has_value()) << part.error().message;
      ASSERT_TRUE(warehouse_->mark_verified(id_, part->version).has_value());
      ASSERT_TRUE(publish(part->version).has_value());
      last = part->snapshot;
    }
    EXPECT_EQ(last, whole->snapshot);
  }
}

}  // namespace
}  // namespace voucher::embedded
