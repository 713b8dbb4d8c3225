#include "engine/duckdb/row_index.h"

#include <gtest/gtest.h>

#include <map>
#include <numeric>
#include <random>
#include <set>
#include <thread>

#include "engine/duckdb/suspect_rows.h"

namespace voucher::duckdb {
namespace {

std::vector<RowOrdinal> rows_from(RowOrdinal first, std::size_t count) {
  std::vector<RowOrdinal> rows(count);
  std::iota(rows.begin(), rows.end(), first);
  return rows;
}

std::set<RowOrdinal> suspects_of(const RowIndex& index, std::size_t rows) {
  std::set<RowOrdinal> suspects;
  for (RowOrdinal row = 0; row < rows; ++row) {
    if (index.suspects().contains(row)) suspects.insert(row);
  }
  return suspects;
}

void note_in_every_pass(RowIndex& index, const std::vector<std::uint64_t>& hashes) {
  for (std::uint64_t pass = 0; pass < index.passes(); ++pass) {
    if (pass > 0) index.begin_pass(pass);
    index.note(hashes, rows_from(0, hashes.size()));
  }
}

TEST(RowIndex, PointsOutRowsWithEqualHashes) {
  RowIndex index(5, 1);
  note_in_every_pass(index, {7, 8, 7, 9, 7});
  EXPECT_EQ(suspects_of(index, 5), (std::set<RowOrdinal>{0, 2, 4}));
  EXPECT_EQ(index.meeting_count(), 2U);
  EXPECT_EQ(index.meetings().front().first, 0U);
}

TEST(RowIndex, FindsEveryPairInAnyNumberOfPasses) {
  std::mt19937_64 random(5);
  constexpr std::size_t kRows = 200'000;
  std::vector<std::uint64_t> hashes(kRows);
  std::map<std::uint64_t, std::vector<RowOrdinal>> by_hash;
  for (RowOrdinal row = 0; row < kRows; ++row) {
    hashes[row] = random() % 10 == 0 ? random() % 1'000 : random();
    by_hash[hashes[row]].push_back(row);
  }
  std::set<RowOrdinal> expected;
  for (const auto& [hash, rows] : by_hash) {
    if (rows.size() > 1) expected.insert(rows.begin(), rows.end());
  }
  for (const std::uint64_t passes : {1U, 2U, 7U}) {
    RowIndex index(kRows, passes);
    note_in_every_pass(index, hashes);
    EXPECT_EQ(suspects_of(index, kRows), expected) << passes;
  }
}

TEST(RowIndex, TakesHashesThatDifferInFewBits) {
  constexpr std::size_t kRows = 100'000;
  std::vector<std::uint64_t> hashes(kRows);
  std::iota(hashes.begin(), hashes.end(), 0);
  for (std::uint64_t& hash : hashes) hash <<= 44U;
  RowIndex index(kRows, 3);
  note_in_every_pass(index, hashes);
  EXPECT_LE(index.meeting_count(), 2U);
}

TEST(RowIndex, FindsPairsThatThreadsNoteAtOnce) {
  constexpr std::size_t kRows = 400'000;
  RowIndex index(kRows, 1);
  const auto note_half = [&](RowOrdinal first) {
    for (RowOrdinal row = first; row < first + kRows / 2; row += 100) {
      std::vector<std::uint64_t> hashes(100);
      std::iota(hashes.begin(), hashes.end(), row % (kRows / 2));
      for (std::uint64_t& hash : hashes) hash *= 0x9e3779b97f4a7c15ULL;
      index.note(hashes, rows_from(row, 100));
    }
  };
  std::jthread other(note_half, kRows / 2);
  note_half(0);
  other.join();
  EXPECT_GE(index.meeting_count(), kRows / 2);
  EXPECT_EQ(suspects_of(index, kRows).size(), kRows);
}

TEST(RowIndex, KeepsNoMoreMeetingsThanItSays) {
  constexpr std::size_t kRows = RowIndex::kMeetingsKept + 10;
  RowIndex index(kRows, 1);
  note_in_every_pass(index, std::vector<std::uint64_t>(kRows, 1));
  EXPECT_EQ(index.meeting_count(), kRows - 1);
  EXPECT_EQ(index.meetings().size(), RowIndex::kMeetingsKept);
}

TEST(SuspectRows, PresumesAllButTheFirstInOrder) {
  const SuspectRows suspects({{5, 3}, {5, 9}, {1, 2}});
  const std::vector<RowOrdinal> duplicates = suspects.presumed_duplicates();
  EXPECT_EQ((std::set<RowOrdinal>(duplicates.begin(), duplicates.end())),
            (std::set<RowOrdinal>{2, 5, 9}));
}

TEST(SuspectRows, ConfirmsEqualRows) {
  SuspectRows suspects({{5, 3}, {5, 9}, {1, 2}});
  for (const RowOrdinal row : {9U, 1U, 5U, 77U, 2U}) suspects.check(row, row < 3 ? "a" : "b");
  EXPECT_FALSE(suspects.all_checked());
  suspects.check(3, "b");
  EXPECT_TRUE(suspects.all_checked());
  EXPECT_TRUE(suspects.all_equal());
}

TEST(SuspectRows, TellsWhenRowsDiffer) {
  SuspectRows suspects({{5, 3}, {5, 9}});
  suspects.check(9, "b");
  suspects.check(5, "b");
  EXPECT_TRUE(suspects.all_equal());
  suspects.check(3, "c");
  EXPECT_FALSE(suspects.all_equal());
}

}  // namespace
}  // namespace voucher::duckdb
