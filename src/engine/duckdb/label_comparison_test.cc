// The comparison of two states on DuckDB, held to one that a person would do by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "decision/counts.h"
#include "engine/duckdb/connection.h"
#include "engine/duckdb/label_comparison_run.h"
#include "sql/quote.h"

namespace voucher::duckdb {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// A processed row; its labels follow from `size` and the state's definition.
struct Item {
  std::string file;
  std::optional<std::int64_t> row;
  std::string group;
  std::int64_t size = 0;
  friend auto operator<=>(const Item&, const Item&) = default;
};

struct State {
  Dataset dataset;
  std::vector<Item> items;
};

Dataset dataset_with(std::vector<Segment> segments, Deduplicate deduplicate) {
  Dataset dataset;
  dataset.source.columns = {{"copy", ColumnType::kString, false},
                            {"before", ColumnType::kInteger, false}};
  dataset.clean.deduplicate = deduplicate;
  dataset.variants = {{"size", ColumnValue{1}, std::move(segments), {}}};
  dataset.decision.amount = 1;
  dataset.decision.group_by = 0;
  return dataset;
}

std::optional<std::string> label_of(const Dataset& dataset, VariantIndex variant,
                                    std::int64_t size) {
  for (const Segment& segment : dataset.variants[variant].segments)
    if (segment.range.contains(size)) return segment.label;
  return std::nullopt;
}

class Folder {
 public:
  Folder() {
    static int count = 0;
    path_ = fs::temp_directory_path() / fmt::format("voucher_compare_{}_{}", ::getpid(), ++count);
    fs::create_directories(path_);
  }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

std::string text(const std::optional<std::string>& value) {
  return value ? sql::quote_literal(*value) : "NULL";
}

void write(const fs::path& file, const Dataset& dataset, const std::vector<Item>& items) {
  std::string values;
  for (const Item& item : items) {
    std::string labels;
    for (VariantIndex v = 0; v < dataset.variants.size(); ++v)
      labels += ", " + text(label_of(dataset, v, item.size));
    values += fmt::format("{}({}, {}, {}, {}{})", values.empty() ? "" : ", ", text(item.file),
                          item.row ? std::to_string(*item.row) : "NULL", text(item.group),
                          item.size, labels);
  }
  std::string columns;
  for (const Variant& variant : dataset.variants)
    columns += fmt::format(", {} VARCHAR", sql::quote_identifier(variant.name));
  auto connection = Database::open({.threads = 1}).value().connect().value();
  const std::string statement = fmt::format(
      "CREATE TABLE t (source_file VARCHAR, source_row BIGINT, \"copy\" VARCHAR, \"before\" "
      "BIGINT{}); {} COPY t TO {} (FORMAT parquet)",
      columns, items.empty() ? "" : "INSERT INTO t VALUES " + values + ";", text(file.string()));
  const auto done = connection.execute(statement);
  ASSERT_TRUE(done.has_value()) << done.error().message;
}

std::vector<LabelMove> sorted(std::vector<LabelMove> moves) {
  std::ranges::sort(moves);
  return moves;
}

std::vector<LabelMove> compare(const LabelledTable& before, const LabelledTable& after,
                               const fs::path& scratch) {
  const auto moves = run_label_comparison({}, before, after, scratch, {});
  EXPECT_TRUE(moves.has_value()) << moves.error().message;
  return moves ? sorted(*moves) : std::vector<LabelMove>{};
}

std::vector<LabelMove> compare(const State& before, const State& after) {
  const Folder folder;
  write(folder.path() / "before", before.dataset, before.items);
  write(folder.path() / "after", after.dataset, after.items);
  return compare({before.dataset, {folder.path() / "before"}},
                 {after.dataset, {folder.path() / "after"}}, folder.path());
}

/// Adds up moves by hand.
class Tally {
 public:
  Tally(const Dataset& before, const Dataset& after) : before_(before), after_(after) {}

  void add(const Item* before, const Item* after) {
    note({}, place(before, {}), place(after, {}));
    for (VariantIndex v = 0; v < before_.variants.size(); ++v) {
      const auto other = after_.find_variant(before_.variants[v].name);
      if (!other) continue;
      note(before_.variants[v].name,
           place(before, before != nullptr ? label_of(before_, v, before->size) : std::nullopt),
           place(after, after != nullptr ? label_of(after_, *other, after->size) : std::nullopt));
    }
  }

  [[nodiscard]] std::vector<LabelMove> moves() const {
    std::vector<LabelMove> moves;
    for (const auto& [key, rows] : rows_)
      moves.push_back({std::get<0>(key), std::get<1>(key), std::get<2>(key), rows});
    return sorted(moves);
  }

 private:
  using Key =
      std::tuple<std::optional<std::string>, std::optional<RowPlace>, std::optional<RowPlace>>;

  static std::optional<RowPlace> place(const Item* item, std::optional<std::string> label) {
    if (item == nullptr) return std::nullopt;
    return RowPlace{fold_ascii(item->group), std::move(label)};
  }

  void note(const std::optional<std::string>& variant, std::optional<RowPlace> before,
            std::optional<RowPlace> after) {
    ++rows_[{variant, std::move(before), std::move(after)}];
  }

  const Dataset& before_;
  const Dataset& after_;
  std::map<Key, std::int64_t> rows_;
};

/// Pairs equal rows of one place first, then rows of equal values, each row once.
std::vector<LabelMove> by_hand(const State& before, const State& after) {
  Tally tally(before.dataset, after.dataset);
  std::vector<const Item*> left;
  std::multiset<Item> others(after.items.begin(), after.items.end());
  for (const Item& item : before.items) {
    const auto same = item.row ? others.find(item) : others.end();
    if (same == others.end()) {
      left.push_back(&item);
      continue;
    }
    tally.add(&item, &*same);
    others.erase(same);
  }
  for (const Item* item : left) {
    const auto same = std::ranges::find_if(others, [&](const Item& other) {
      return other.group == item->group && other.size == item->size;
    });
    tally.add(item, same == others.end() ? nullptr : &*same);
    if (same != others.end()) others.erase(same);
  }
  for (const Item& item : others) tally.add(nullptr, &item);
  return tally.moves();
}

const std::vector<Segment> kSmallAndBig{{"small", {0, 4}}, {"big", {5, 9}}};
const std::vector<Segment> kOtherBoundary{{"small", {0, 6}}, {"big", {7, 20}}};

TEST(CompareLabels, CountsRowsByWhereTheyStandInBothStates) {
  const std::vector<Item> items{{"a", 1, "Peru", 3}, {"a", 2, "PERU", 5}, {"a", 3, "Perú", 12}};
  const State before{dataset_with(kSmallAndBig, Deduplicate::kAllColumns), items};
  const State after{dataset_with(kOtherBoundary, Deduplicate::kAllColumns), items};
  const RowPlace peru{"peru", {}};
  const RowPlace accented{"perú", {}};
  EXPECT_THAT(
      compare(before, after),
      ElementsAre(LabelMove{{}, peru, peru, 2}, LabelMove{{}, accented, accented, 1},
                  LabelMove{"size", RowPlace{"peru", "big"}, RowPlace{"peru", "small"}, 1},
                  LabelMove{"size", RowPlace{"peru", "small"}, RowPlace{"peru", "small"}, 1},
                  LabelMove{"size", accented, RowPlace{"perú", "big"}, 1}));
}

TEST(CompareLabels, NotesRowsThatComeAndGo) {
  const Dataset dataset = dataset_with(kSmallAndBig, Deduplicate::kAllColumns);
  const State before{dataset, {{"a", 1, "x", 1}, {"a", 2, "x", 2}}};
  const State after{dataset, {{"a", 2, "x", 2}, {"b", 1, "y", 30}}};
  EXPECT_EQ(compare(before, after), by_hand(before, after));
  EXPECT_THAT(compare(before, after),
              testing::Contains(LabelMove{"size", std::nullopt, RowPlace{"y", {}}, 1}));
}

TEST(CompareLabels, KnowsARowOfWhichAnotherCopyStays) {
  const Dataset dataset = dataset_with(kSmallAndBig, Deduplicate::kAllColumns);
  EXPECT_THAT(compare({dataset, {{"b", 7, "x", 1}}}, {dataset, {{"a", 2, "x", 1}}}),
              ElementsAre(LabelMove{{}, RowPlace{"x", {}}, RowPlace{"x", {}}, 1},
                          LabelMove{"size", RowPlace{"x", "small"}, RowPlace{"x", "small"}, 1}));
}

TEST(CompareLabels, DoesNotTakeReplacedContentForTheSameRow) {
  const Dataset dataset = dataset_with(kSmallAndBig, Deduplicate::kAllColumns);
  EXPECT_THAT(compare({dataset, {{"a", 1, "x", 1}}}, {dataset, {{"a", 1, "x", 2}}}),
              ElementsAre(LabelMove{{}, std::nullopt, RowPlace{"x", {}}, 1},
                          LabelMove{{}, RowPlace{"x", {}}, std::nullopt, 1},
                          LabelMove{"size", std::nullopt, RowPlace{"x", "small"}, 1},
                          LabelMove{"size", RowPlace{"x", "small"}, std::nullopt, 1}));
}

TEST(CompareLabels, ReadsFilesOfBothStatesOnceAndCountsThem) {
  const Folder folder;
  const Dataset dataset = dataset_with(kSmallAndBig, Deduplicate::kAllColumns);
  const std::vector<Item> shared{{"a", 1, "x", 1}, {"a", 2, "x", 30}};
  const std::vector<Item> fresh{{"b", 1, "y", 6}};
  write(folder.path() / "it's [shared]", dataset, shared);
  write(folder.path() / "fresh", dataset, fresh);
  const LabelledTable before{dataset, {folder.path() / "it's [shared]"}};
  LabelledTable after = before;
  after.files.push_back(folder.path() / "fresh");
  std::vector<Item> all = shared;
  all.insert(all.end(), fresh.begin(), fresh.end());
  EXPECT_EQ(compare(before, after, folder.path()), by_hand({dataset, shared}, {dataset, all}));
  // The same files under other boundaries are no unchanged files.
  after.dataset = dataset_with(kOtherBoundary, Deduplicate::kAllColumns);
  const auto moves = compare(before, after, folder.path());
  std::int64_t whole = 0;
  for (const LabelMove& move : moves) whole += move.variant ? 0 : move.rows;
  EXPECT_EQ(whole, 3);
}

TEST(CompareLabels, TakesNoFilesForNoRows) {
  const Folder folder;
  const Dataset dataset = dataset_with(kSmallAndBig, Deduplicate::kAllColumns);
  const std::vector<Item> items{{"a", 1, "x", 1}};
  write(folder.path() / "rows", dataset, items);
  const LabelledTable none{dataset, {}};
  const LabelledTable some{dataset, {folder.path() / "rows"}};
  EXPECT_THAT(compare(none, none, folder.path()), IsEmpty());
  EXPECT_EQ(compare(none, some, folder.path()), by_hand({dataset, {}}, {dataset, items}));
  EXPECT_EQ(compare(some, none, folder.path()), by_hand({dataset, items}, {dataset, {}}));
}

TEST(CompareLabels, PairsVariantsByName) {
  Dataset one = dataset_with(kSmallAndBig, Deduplicate::kAllColumns);
  one.variants.push_back({"gone", ColumnValue{1}, {{"all", {}}}, {}});
  Dataset other = dataset_with(kOtherBoundary, Deduplicate::kAllColumns);
  other.variants.insert(other.variants.begin(), {"new", ColumnValue{1}, {{"every", {}}}, {}});
  const std::vector<Item> items{{"a", 1, "x", 5}, {"a", 2, "x", 25}};
  const auto moves = compare({one, items}, {other, items});
  EXPECT_EQ(moves, by_hand({one, items}, {other, items}));
  for (const LabelMove& move : moves) EXPECT_TRUE(!move.variant || move.variant == "size");
}

TEST(CompareLabels, SaysWhichFileCannotBeRead) {
  const Folder folder;
  const Dataset dataset = dataset_with(kSmallAndBig, Deduplicate::kAllColumns);
  const LabelledTable gone{dataset, {folder.path() / "gone.parquet"}};
  const auto moves = run_label_comparison({}, gone, {dataset, {}}, folder.path(), {});
  ASSERT_FALSE(moves.has_value());
  EXPECT_THAT(moves.error().message, testing::HasSubstr("gone.parquet"));
}

TEST(CompareLabels, StopsWhenAsked) {
  const Folder folder;
  const Dataset dataset = dataset_with(kSmallAndBig, Deduplicate::kAllColumns);
  write(folder.path() / "rows", dataset, {{"a", 1, "x", 1}});
  std::stop_source stop;
  stop.request_stop();
  const auto moves = run_label_comparison({}, {dataset, {folder.path() / "rows"}}, {dataset, {}},
                                          folder.path(), {{}, stop.get_token()});
  ASSERT_FALSE(moves.has_value());
  EXPECT_EQ(moves.error().kind, ErrorKind::kInterrupted);
}

std::vector<Item> some_items(int most) {
  std::vector<Item> items;
  const int count = *rc::gen::inRange(0, most);
  for (int i = 0; i < count; ++i) {
    items.push_back({*rc::gen::element<std::string>("a", "b"),
                     *rc::gen::weightedOneOf<std::optional<std::int64_t>>(
                         {{9, rc::gen::map(rc::gen::inRange<std::int64_t>(1, 6),
                                           [](std::int64_t row) { return std::optional(row); })},
                          {1, rc::gen::just(std::optional<std::int64_t>())}}),
                     *rc::gen::element<std::string>("Peru", "PERU", "x"),
                     *rc::gen::inRange<std::int64_t>(0, 12)});
  }
  return items;
}

/// With deduplication, the rows of a state differ in some value.
void drop_copies(std::vector<Item>& items) {
  std::set<std::pair<std::string, std::int64_t>> seen;
  std::erase_if(items,
                [&](const Item& item) { return !seen.emplace(item.group, item.size).second; });
}

RC_GTEST_PROP(CompareLabelsProperty, AgreesWithAComparisonByHand, ()) {
  const auto deduplicate = *rc::gen::element(Deduplicate::kNone, Deduplicate::kAllColumns);
  State before{dataset_with(kSmallAndBig, deduplicate), some_items(14)};
  State after{dataset_with(*rc::gen::element(kSmallAndBig, kOtherBoundary), deduplicate),
              some_items(8)};
  for (const Item& item : before.items)
    if (*rc::gen::inRange(0, 3) != 0) after.items.push_back(item);
  if (deduplicate == Deduplicate::kAllColumns) {
    drop_copies(before.items);
    drop_copies(after.items);
  }
  RC_ASSERT(compare(before, after) == by_hand(before, after));
}

}  // namespace
}  // namespace voucher::duckdb
