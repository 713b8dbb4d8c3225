// Runs on what earlier runs left: new files, changed files, a changed definition. Whatever the way,
// the snapshot is that of one run over the files that count.
#include <fmt/ranges.h>

#include <set>

#include "engine/duckdb/connection.h"
#include "pipeline/load.h"
#include "pipeline/run_fixture.h"

namespace voucher {
namespace {

namespace fs = std::filesystem;
using fixture::kPeru;
using testing::AllOf;
using testing::HasSubstr;
using testing::SizeIs;

constexpr std::string_view kChile = "2018-07-12,Chile,2018-05-03,2017-05-03,3,1000\n";
constexpr std::string_view kChina = "2018-09-01,China,2018-05-03,2017-05-03,40,\n";

std::string lines(std::initializer_list<std::string_view> rows) {
  return fmt::format("{}", fmt::join(rows, ""));
}

class IncrementalRun : public fixture::RunTest {
 protected:
  void change_labels() { dataset_.variants[0].segments[2] = {"15+", {15, std::nullopt}}; }

  std::string live_snapshot() { return warehouse_->version(id_, *live())->manifest.snapshot; }

  std::size_t live_parts() { return warehouse_->version(id_, *live())->manifest.parts.size(); }

  /// The snapshot counts every stored row once, and nothing else.
  void expect_counts_match_rows(const VersionManifest& manifest) {
    std::vector<std::size_t> positions;
    for (std::size_t i = 0; i < manifest.parts.size(); ++i) positions.push_back(i);
    const auto files = warehouse_->part_files(id_, manifest.version, positions, root_, {});
    ASSERT_TRUE(files.has_value());
    auto connection = duckdb::Database::open({}).value().connect().value();
    for (std::size_t i = 0; i < positions.size(); ++i) {
      if ((*files)[i].processed.empty()) continue;
      EXPECT_EQ(connection.query_integer(
                    fmt::format("SELECT count(*) FROM '{}'", (*files)[i].processed.string())),
                manifest.parts[i].rows.processed);
    }
  }
};

TEST_F(IncrementalRun, LabelsStoredRowsAnewWithoutTheirFiles) {
  const std::string first = write("a.csv", lines({kPeru, kChile}));
  const std::string second = write("b.csv", lines({kChina}));
  ASSERT_TRUE(run({first}));
  ASSERT_TRUE(run({second}));
  change_labels();
  const std::string expected = rebuilt({first, second});
  fs::remove(first);
  fs::remove(second);
  const auto outcome = run(std::vector<std::string>{});
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_TRUE(outcome->published);
  EXPECT_EQ(outcome->manifest.snapshot, expected);
  EXPECT_EQ(outcome->new_rows, RowCounts{});
  EXPECT_EQ(outcome->verified->rows, 6) << "every row, in two variants";
  expect_counts_match_rows(outcome->manifest);
}

TEST_F(IncrementalRun, LabelsStoredRowsAndReadsNewOnesInOneGo) {
  const std::string first = write("a.csv", lines({kPeru, kPeru}));
  ASSERT_TRUE(run({first}));
  change_labels();
  dataset_.decision.choose.min_support = 2;
  const std::string second = write("b.csv", lines({kPeru, kChile}));
  const auto outcome = run({first, second});
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(outcome->manifest.snapshot, rebuilt({first, second}));
  EXPECT_EQ(outcome->new_rows, (RowCounts{2, 1, 0, 1, {}}));
}

TEST_F(IncrementalRun, ReadsTheHeldFilesAgainForOtherRules) {
  const std::string first = write("a.csv", lines({kPeru, kChile}));
  ASSERT_TRUE(run({first}));
  dataset_.clean.max_rejected_share = 0.5;
  dataset_.clean.rules[2].condition =
      ColumnComparison{4, Comparison::kGreaterEqual, Literal(std::int64_t{10})};
  const std::string second = write("b.csv", lines({kChina}));
  const auto outcome = run({second});
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(outcome->manifest.rows.rejected, 1);
  EXPECT_EQ(outcome->manifest.snapshot, rebuilt({first, second}));
}

TEST_F(IncrementalRun, NamesAFileThatHasToBeReadAgainAndIsNotThere) {
  const std::string first = write("a.csv", lines({kPeru}));
  ASSERT_TRUE(run({first}));
  dataset_.clean.deduplicate = Deduplicate::kNone;
  fs::remove(first);
  const auto gone = run({write("b.csv", lines({kChile}))});
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().kind, ErrorKind::kRefused);
  EXPECT_THAT(gone.error().message,
              AllOf(HasSubstr(first), HasSubstr("gone"), HasSubstr("--full-refresh")));
  write("a.csv", lines({kChile}));
  const auto changed = run(std::vector<std::string>{});
  ASSERT_FALSE(changed);
  EXPECT_THAT(changed.error().message,
              AllOf(HasSubstr(first), HasSubstr("not what it was"), HasSubstr("--full-refresh")));
  EXPECT_EQ(live(), 1);
}

TEST_F(IncrementalRun, FindsAFileToReadAgainUnderItsNewName) {
  ASSERT_TRUE(run({write("a.csv", lines({kPeru}))}));
  fs::rename(root_ / "a.csv", root_ / "moved.csv");
  dataset_.clean.deduplicate = Deduplicate::kNone;
  const auto outcome = run({(root_ / "moved.csv").string()});
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(outcome->manifest.rows.raw, 1);
}

TEST_F(IncrementalRun, RefusesNewContentUnderAKnownName) {
  const std::string first = write("a.csv", lines({kPeru}));
  ASSERT_TRUE(run({first}));
  write("a.csv", lines({kChile}));
  const auto refused = run({first});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kRefused);
  EXPECT_THAT(refused.error().message,
              AllOf(HasSubstr(first), HasSubstr("--replace"), HasSubstr("--append")));
  EXPECT_EQ(live(), 1);
}

TEST_F(IncrementalRun, ReplacesTheRowsOfAChangedFile) {
  const std::string first = write("a.csv", lines({kPeru, kChile}));
  const std::string second = write("b.csv", lines({kChina}));
  ASSERT_TRUE(run({first, second})) << "one part holds both";
  write("a.csv", lines({kPeru}));
  const auto outcome = run({first}, ChangedFile::kReplace);
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(outcome->manifest.rows.processed, 2);
  EXPECT_EQ(outcome->manifest.snapshot, rebuilt({first, second}));
}

TEST_F(IncrementalRun, BringsBackRowsThatWereDuplicatesOfReplacedOnes) {
  const std::string first = write("a.csv", lines({kPeru, kChile}));
  const std::string second = write("b.csv", lines({kPeru, kChina}));
  const std::string third = write("c.csv", lines({kChina}));
  for (const std::string& file : {first, second, third}) ASSERT_TRUE(run({file}));
  write("a.csv", lines({kChile}));
  const auto outcome = run({first, second, third}, ChangedFile::kReplace);
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(outcome->manifest.rows.processed, 3) << "Peru is back, from the second file";
  EXPECT_EQ(outcome->manifest.snapshot, rebuilt({first, second, third}));
  write("b.csv", lines({kPeru}));
  const auto next = run({second}, ChangedFile::kReplace);
  ASSERT_TRUE(next) << next.error().message;
  EXPECT_EQ(next->manifest.rows.processed, 3) << "China is back, from the third file";
  EXPECT_EQ(next->manifest.snapshot, rebuilt({first, second, third}));
}

TEST_F(IncrementalRun, LeavesPartsAloneThatLostNothingToAReplacedFile) {
  const std::string first = write("a.csv", lines({kPeru}));
  const std::string second = write("b.csv", lines({kChina, kChina}));
  ASSERT_TRUE(run({first}));
  ASSERT_TRUE(run({second}));
  fs::remove(second);
  write("a.csv", lines({kChile}));
  const auto outcome = run({first}, ChangedFile::kReplace);
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(outcome->new_rows.raw, 1) << "times of the second are others";
}

TEST_F(IncrementalRun, NeedsTheOtherFilesOfAPartThatLosesOne) {
  const std::string first = write("a.csv", lines({kPeru}));
  const std::string second = write("b.csv", lines({kChina}));
  ASSERT_TRUE(run({first, second}));
  fs::remove(second);
  write("a.csv", lines({kChile}));
  const auto refused = run({first}, ChangedFile::kReplace);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, AllOf(HasSubstr(second), HasSubstr("--full-refresh")));
}

TEST_F(IncrementalRun, SwapsTheContentOfTwoFiles) {
  const std::string first = write("a.csv", lines({kPeru, kChile}));
  const std::string second = write("b.csv", lines({kPeru, kChina}));
  ASSERT_TRUE(run({first}));
  ASSERT_TRUE(run({second}));
  const std::string before = live_snapshot();
  fs::rename(first, root_ / "c");
  fs::rename(second, first);
  fs::rename(root_ / "c", second);
  const auto outcome = run({first, second}, ChangedFile::kReplace);
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(outcome->manifest.snapshot, before);
}

TEST_F(IncrementalRun, AppendsAChangedFileBesideItsOldRows) {
  const std::string file = write("a.csv", lines({kPeru}));
  const std::string old_content = write("old.csv", lines({kPeru}));
  ASSERT_TRUE(run({file}));
  write("a.csv", lines({kPeru, kChile}));
  const auto outcome = run({file}, ChangedFile::kAppend);
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(outcome->manifest.rows, (RowCounts{3, 2, 0, 1, {}}));
  EXPECT_EQ(outcome->manifest.snapshot, rebuilt({file, old_content}));
  const auto again = run({file});
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_FALSE(again->published);
  write("a.csv", lines({kChina}));
  const auto replaced = run({file}, ChangedFile::kReplace);
  ASSERT_TRUE(replaced) << replaced.error().message;
  EXPECT_EQ(replaced->manifest.snapshot, rebuilt({file})) << "both contents have left";
}

TEST_F(IncrementalRun, TakesEqualContentUnderAnotherNameForKnown) {
  ASSERT_TRUE(run({write("a.csv", lines({kPeru}))}));
  const auto again = run({write("b.csv", lines({kPeru}))});
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_FALSE(again->published);
  change_labels();
  const auto relabelled = run({(root_ / "b.csv").string()});
  ASSERT_TRUE(relabelled) << relabelled.error().message;
  EXPECT_TRUE(relabelled->published);
}

TEST_F(IncrementalRun, AsksForFilesWhereThereIsNothingToBuildFrom) {
  EXPECT_EQ(run(std::vector<std::string>{}).error().kind, ErrorKind::kUsage);
  ASSERT_TRUE(run({write("a.csv", lines({kPeru}))}));
  EXPECT_EQ(run(std::vector<std::string>{}).error().kind, ErrorKind::kUsage);
  EXPECT_EQ(run(std::vector<std::string>{}, true).error().kind, ErrorKind::kUsage);
}

TEST_F(IncrementalRun, KeepsAYearOfDailyRunsInFewParts) {
  dataset_.warehouse.keep = 2;
  dataset_.clean.max_rejected_share = 0.5;
  std::vector<std::string> files;
  for (int day = 0; day < 365; ++day) {
    const std::string today = format_iso(Day{to_day({2018, 1, 1}).since_epoch + day});
    const std::string yesterday = format_iso(Day{to_day({2018, 1, 1}).since_epoch + day - 1});
    std::string rows = fmt::format("{0},Peru,2017-06-03,2016-05-03,{1},{2}\n{0},,,,-1,\n", today,
                                   day % 50, 100 * (day % 7));
    if (day > 0)
      rows += fmt::format("{},Peru,2017-06-03,2016-05-03,{},{}\n", yesterday, (day - 1) % 50,
                          100 * ((day - 1) % 7));
    files.push_back(write(fmt::format("{}.csv", today), rows));
    const auto outcome = run({files.back()});
    ASSERT_TRUE(outcome) << outcome.error().message;
    ASSERT_LE(outcome->manifest.parts.size(), 22U);
  }
  const VersionManifest manifest = warehouse_->version(id_, *live())->manifest;
  EXPECT_EQ(manifest.rows, (RowCounts{1094, 365, 365, 364, {{"country_code_missing", 365}}}));
  RowCounts of_parts;
  std::set<std::string> paths;
  for (const Part& part : manifest.parts) {
    of_parts += part.rows;
    for (const SourceFile& file : part.files) paths.insert(file.path.string());
  }
  EXPECT_EQ(of_parts, manifest.rows);
  EXPECT_THAT(paths, SizeIs(365));
  expect_counts_match_rows(manifest);
  EXPECT_EQ(manifest.snapshot, rebuilt(files));
}

}  // namespace
}  // namespace voucher
