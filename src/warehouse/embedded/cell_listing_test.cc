#include "warehouse/embedded/cell_listing.h"

#include <tuple>

#include "warehouse/embedded/warehouse_fixture.h"

namespace voucher::embedded {
namespace {

using fixture::Assignment;
using fixture::day;
using fixture::sample_rows;
using fixture::segments_of;

/// A row as listed: what tells it from others, in the order of the columns.
using Listed = std::tuple<std::string, std::int64_t, std::int64_t, std::string, std::int64_t,
                          std::optional<std::int64_t>>;

class CellListing : public fixture::WarehouseTest {
 protected:
  std::vector<Listed> list(VersionNumber version, const CellRowsRequest& request) {
    std::vector<Listed> rows;
    const auto done = warehouse_->cell_rows(
        id_, version, request,
        [&](const StoredRow& row) -> Result<> {
          rows.emplace_back(
              row.source_file, *row.source_row, row.values[0].number, row.values[1].text,
              row.values[3].number,
              row.values[4].has_value() ? std::optional(row.values[4].number) : std::nullopt);
          return {};
        },
        {});
    EXPECT_TRUE(done.has_value()) << done.error().message;
    return rows;
  }

  /// All rows of a cell as list() should give them: the fixture numbers a file's rows in order.
  std::vector<Listed> expected(const std::map<std::string, std::vector<Assignment>>& files,
                               const CellRowsRequest& request) {
    std::vector<Listed> rows;
    for (const auto& [file, assignments] : files) {
      const std::set<Assignment> distinct(assignments.begin(), assignments.end());
      std::int64_t number = 0;
      for (const Assignment& row : distinct) {
        ++number;
        if (fold_ascii(row.country) != request.cell.group || !in_cell(row, request.cell)) continue;
        rows.emplace_back("/raw/" + file, number, row.at.micros, row.country, row.orders,
                          row.amount);
      }
    }
    std::ranges::stable_sort(rows, {}, [&](const Listed& row) {
      const auto amount = std::get<5>(row);
      return std::tuple(!request.first_amount || amount != request.first_amount,
                        !amount.has_value(), amount);
    });
    rows.resize(std::min(rows.size(), request.limit));
    return rows;
  }

  [[nodiscard]] bool in_cell(const Assignment& row, const CellName& cell) const {
    if (!cell.variant) return true;
    const auto segment = segments_of(dataset_, row)[*cell.variant];
    if (!segment) return !cell.segment;
    return cell.segment == dataset_.variants[*cell.variant].segments[*segment].label;
  }
};

TEST_F(CellListing, GivesTheRowsOfACellTheFirstAmountBeforeAllOthers) {
  std::map<std::string, std::vector<Assignment>> files{{"a", sample_rows(17000, "Peru", 2640)},
                                                       {"b", sample_rows(17001, "pERU", 100)},
                                                       {"c", sample_rows(17002, "Perú", 2640)}};
  for (const auto& [name, rows] : files) run(rows, name);
  const VersionNumber version = *warehouse_->live(id_).value();
  for (const char* group : {"peru", "perú", "chile"}) {
    std::vector<CellName> cells{{group, {}, {}}};
    for (VariantIndex variant = 0; variant < 2; ++variant) {
      cells.push_back({group, variant, {}});
      for (const Segment& segment : dataset_.variants[variant].segments)
        cells.push_back({group, variant, segment.label});
    }
    for (const CellName& cell : cells) {
      for (const auto first : {std::optional<std::int64_t>(), std::optional<std::int64_t>(2640),
                               std::optional<std::int64_t>(200), std::optional<std::int64_t>(-1)}) {
        for (const std::size_t limit : {1U, 5U, 1000U}) {
          const CellRowsRequest request{cell, first, limit};
          EXPECT_EQ(list(version, request), expected(files, request))
              << group << " " << cell.segment.value_or("unsegmented") << " " << limit;
        }
      }
    }
  }
}

TEST_F(CellListing, ListsThatVersionAndNoLaterOne) {
  const VersionNumber first = run(sample_rows(17000, "Peru", 2640), "a");
  run(sample_rows(17100, "Peru", 100), "b");
  EXPECT_EQ(list(first, {{"peru", {}, {}}, {}, 1000}).size(), 12U);
  EXPECT_EQ(list(first + 1, {{"peru", {}, {}}, {}, 1000}).size(), 24U);
}

TEST_F(CellListing, StopsAtTheFirstErrorOfItsReader) {
  const VersionNumber version = run(sample_rows(17000, "Peru", 2640), "a");
  int calls = 0;
  const auto done = warehouse_->cell_rows(id_, version, {{"peru", {}, {}}, {}, 10},
                                          [&](const StoredRow&) -> Result<> {
                                            ++calls;
                                            return fail(ErrorKind::kInternal, "enough");
                                          },
                                          {});
  EXPECT_EQ(calls, 1);
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().message, "enough");
}

TEST_F(CellListing, StopsWhenAsked) {
  const VersionNumber version = run(sample_rows(17000, "Peru", 2640), "a");
  std::stop_source stop;
  stop.request_stop();
  const auto done = warehouse_->cell_rows(id_, version, {{"peru", {}, {}}, {}, 10},
                                          [](const StoredRow&) -> Result<> { return {}; },
                                          {{}, stop.get_token()});
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().kind, ErrorKind::kInterrupted);
}

/// Rejected rows as `file:row group=original reasons`.
std::vector<std::string> rejected(Warehouse& warehouse, const DatasetId& id, VersionNumber version,
                                  const std::string& group) {
  std::vector<std::string> rows;
  const auto done = warehouse.rejected_rows(
      id, version, group,
      [&](const RejectedRow& row) -> Result<> {
        rows.push_back(fmt::format("{}:{} {} {} {}", row.source_file, *row.source_row,
                                   row.originals[1].value_or("NULL"),
                                   row.originals[4].value_or("NULL"), fmt::join(row.reasons, "+")));
        return {};
      },
      {});
  EXPECT_TRUE(done.has_value()) << done.error().message;
  return rows;
}

TEST_F(CellListing, GivesEachRejectedRowWithAllItsReasons) {
  TransformOutcome first = outcome(sample_rows(17000, "Peru", 2640), "a");
  auto connection = fixture::memory_connection();
  fixture::execute(
      connection,
      fmt::format("COPY (SELECT '1' AS \"at\", * FROM (VALUES "
                  "('PERU', 'x', '-1', '5', '/raw/a', 7, 'b', ['b', 'orders_negative']), "
                  "('Perú', 'x', '-1', '5', '/raw/a', 8, 'b', ['b']), "
                  "(NULL, 'x', '-1', '5', '/raw/a', 9, 'b', ['b']), "
                  "('peru', 'x', '-1', NULL, '/raw/a', 5, 'b', ['b'])) "
                  "t(country, \"last order\", orders, amount, source_file, source_row, reason, "
                  "reasons)) TO {} (FORMAT parquet)",
                  sql::quote_literal(first.rejected.string())));
  first.rows.raw += 3;
  first.rows.rejected = 4;
  first.rows.rejected_by = {{"b", 4}};
  const auto loaded = load(std::move(first));
  ASSERT_TRUE(loaded.has_value()) << loaded.error().message;
  const VersionNumber version = loaded->version;
  EXPECT_THAT(rejected(*warehouse_, id_, version, "peru"),
              testing::ElementsAre("/raw/a:5 peru NULL b", "/raw/a:7 PERU 5 b+orders_negative"));
  EXPECT_THAT(rejected(*warehouse_, id_, version, "perú"),
              testing::ElementsAre("/raw/a:8 Perú 5 b"));
  EXPECT_THAT(rejected(*warehouse_, id_, version, "chile"), testing::IsEmpty());
}

TEST_F(CellListing, ListsTheRejectedRowsOfAllParts) {
  run(sample_rows(17000, "Peru", 2640), "b");
  run(sample_rows(17100, "Peru", 2640), "a");
  const VersionNumber version = *warehouse_->live(id_).value();
  EXPECT_THAT(
      rejected(*warehouse_, id_, version, "y"),
      testing::ElementsAre("/raw/a:0 y NULL orders_negative", "/raw/b:0 y NULL orders_negative"));
}

}  // namespace
}  // namespace voucher::embedded
