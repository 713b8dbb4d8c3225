#include "warehouse/embedded/version_database.h"

#include <gmock/gmock.h>

#include <random>

#include "warehouse/embedded/warehouse_fixture.h"

namespace voucher::embedded {
namespace {

using fixture::execute;
using fixture::sample_rows;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;
namespace fs = std::filesystem;

VersionManifest manifest_of(const Dataset& dataset) {
  VersionManifest manifest;
  manifest.domain = dataset.domain;
  manifest.dataset = dataset.dataset;
  manifest.names = dataset.warehouse;
  return manifest;
}

/// What choose() and shown() say about every labelled cell that has rows with an amount.
std::vector<std::string> expected_rows(const Snapshot& snapshot, VariantIndex variant) {
  std::vector<std::string> rows;
  const auto& segments = snapshot.definition.variants[variant].segments;
  for (const auto& [folded, group] : snapshot.history.groups()) {
    for (SegmentIndex i = 0; i < segments.size(); ++i) {
      const AmountCounts& counts = group.cells[variant][i];
      if (counts.with_amount() == 0) continue;
      const auto choice = choose(counts, snapshot.definition.decision.choose);
      rows.push_back(
          fmt::format("{} {} {} ", group.shown(), segments[i].label, counts.with_amount()));
      if (!choice) continue;
      rows.back() += fmt::format("{} {} {} ", choice->amount, choice->support, choice->tie);
      if (choice->runner_up)
        rows.back() += fmt::format("{} {}", choice->runner_up->amount, choice->runner_up->support);
    }
  }
  return rows;
}

std::vector<std::string> text_of(const std::vector<ViewRow>& view) {
  std::vector<std::string> rows;
  for (const ViewRow& row : view) {
    rows.push_back(fmt::format("{} {} {} ", row.group, row.segment, row.total));
    if (!row.choice) continue;
    EXPECT_EQ(row.choice->total, row.total);
    rows.back() +=
        fmt::format("{} {} {} ", row.choice->amount, row.choice->support, row.choice->tie);
    if (row.choice->runner_up)
      rows.back() +=
          fmt::format("{} {}", row.choice->runner_up->amount, row.choice->runner_up->support);
  }
  return rows;
}

Snapshot random_snapshot(const Dataset& dataset, std::mt19937& random) {
  const auto below = [&](unsigned limit) { return static_cast<std::int64_t>(random() % limit); };
  const std::vector<std::string> groups{"Peru", "PERU", "peru", "Zoë", "a'b", ""};
  Snapshot snapshot;
  snapshot.definition = dataset;
  snapshot.history = HistoryCounts(dataset.variants);
  for (std::int64_t i = below(60); i > 0; --i) {
    std::vector<std::optional<SegmentIndex>> segments;
    for (std::size_t v = 0; v < dataset.variants.size(); ++v)
      segments.push_back(below(3) == 0 ? std::nullopt
                                       : std::optional(static_cast<SegmentIndex>(below(2))));
    snapshot.history.add(groups[static_cast<std::size_t>(below(6))], segments,
                         below(5) == 0 ? std::nullopt : std::optional(below(4) - 1), 1 + below(3));
  }
  return snapshot;
}

TEST(VersionDatabase, ChoosesInSqlWhatTheDecidingCodeChooses) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    Dataset dataset = fixture::test_dataset();
    dataset.decision.choose.min_support = 1 + seed % 4;
    const Snapshot snapshot = random_snapshot(dataset, random);
    const fixture::TemporaryFolder folder;
    const fs::path file = folder.path() / "warehouse.duckdb";
    const auto written = write_version_database(
        file, Layout(folder.path(), {"customer", "voucher"}), snapshot, manifest_of(dataset));
    ASSERT_TRUE(written.has_value()) << written.error().message;
    for (VariantIndex variant = 0; variant < dataset.variants.size(); ++variant) {
      const auto rows = read_view_rows(file, dataset, variant);
      ASSERT_TRUE(rows.has_value()) << rows.error().message;
      EXPECT_EQ(text_of(*rows), expected_rows(snapshot, variant));
    }
  }
}

class AnalystsView : public fixture::WarehouseTest {
 protected:
  fs::path database(VersionNumber number) {
    return Layout(root_, id_).version(number) / kDatabaseFile;
  }

  std::vector<std::string> columns(duckdb::Connection& connection, const std::string& table) {
    std::vector<std::string> names;
    const auto result = connection.query("FROM " + table + " LIMIT 0");
    EXPECT_TRUE(result.has_value()) << result.error().message;
    for (std::size_t i = 0; result && i < result->column_count(); ++i)
      names.emplace_back(result->column_name(i));
    return names;
  }

  duckdb::Connection shell(const fs::path& file) {
    return duckdb::Database::open({.file = file, .read_only = true}).value().connect().value();
  }
};

TEST_F(AnalystsView, HasTheTableTheRejectedRowsAndAViewForEachVariant) {
  run(sample_rows(17000, "Peru", 2640), "a");
  run(sample_rows(18000, "China", 1), "b");
  auto connection = shell(database(2));
  EXPECT_THAT(
      columns(connection, "customer.assignments"),
      ElementsAre("at", "country", "last order", "orders", "amount", "frequency", "recency"));
  EXPECT_EQ(connection.query_integer("SELECT count(*) FROM customer.assignments").value(), 24);
  EXPECT_THAT(columns(connection, "customer.by_recency"),
              ElementsAre("country", "recency", "amount", "support", "total", "share",
                          "runner_up_amount", "runner_up_support", "tie"));
  EXPECT_EQ(connection.query_integer("SELECT amount FROM customer.by_frequency WHERE country = "
                                     "'Peru' AND frequency = '0-4'"),
            2640);
  EXPECT_EQ(connection.query_integer("SELECT (share * 3)::INT FROM customer.by_frequency WHERE "
                                     "country = 'Peru' AND frequency = '0-4'"),
            2);
  EXPECT_EQ(connection.query_integer("SELECT sum(row_count) FROM customer_cells.amounts WHERE "
                                     "variant = 'recency'"),
            24)
      << "unsegmented rows and those without an amount too";
  EXPECT_EQ(connection.query_integer("SELECT count(*) FROM customer.assignments_rejected WHERE "
                                     "reason = 'orders_negative'"),
            2);
}

TEST_F(AnalystsView, WorksWhereTheFileIsAttachedUnderAnotherName) {
  run(sample_rows(17000, "Peru", 2640), "a");
  auto connection = fixture::memory_connection();
  execute(connection, "ATTACH '" + database(1).string() + "' AS live (READ_ONLY)");
  EXPECT_EQ(connection.query_integer("SELECT count(*) FROM live.customer.assignments").value(), 12);
  const auto choices = connection.query_integer("SELECT count(*) FROM live.customer.by_frequency");
  ASSERT_TRUE(choices.has_value()) << choices.error().message;
  EXPECT_EQ(*choices, 2);
}

TEST_F(AnalystsView, FindsItsPartsUnderAnyPath) {
  root_ = folder_.path() / "it's [a] \"path\" with * and {x} ü";
  warehouse_ = make_embedded_warehouse(root_, clock_);
  run(sample_rows(17000, "Peru", 2640), "a");
  run(sample_rows(17003, "Peru", 1), "b");
  auto connection = shell(database(2));
  const auto rows = connection.query_integer("SELECT count(*) FROM customer.assignments");
  ASSERT_TRUE(rows.has_value()) << rows.error().message;
  EXPECT_EQ(*rows, 24);
}

TEST_F(AnalystsView, IsEmptyButValidWithoutParts) {
  Snapshot snapshot;
  snapshot.definition = dataset_;
  snapshot.history = HistoryCounts(dataset_.variants);
  const fs::path file = folder_.path() / "empty.duckdb";
  ASSERT_TRUE(write_version_database(file, {root_, id_}, snapshot, manifest_of(dataset_)));
  auto connection = shell(file);
  EXPECT_EQ(connection.query_integer("SELECT count(*) FROM customer.assignments").value(), 0);
  EXPECT_THAT(columns(connection, "customer.assignments"), SizeIs(7));
  EXPECT_EQ(connection.query_integer("SELECT count(*) FROM customer.by_frequency").value(), 0);
}

TEST_F(AnalystsView, FollowsAMovedWarehouseOnceRelinked) {
  run(sample_rows(17000, "Peru", 2640), "a");
  run(sample_rows(18000, "China", 1), "b");
  const fs::path moved = folder_.path() / "moved";
  fs::rename(root_, moved);
  root_ = moved;
  warehouse_ = make_embedded_warehouse(moved, clock_);
  const std::string count = "SELECT count(*) FROM customer.assignments";
  EXPECT_FALSE(shell(database(1)).query_integer(count).has_value());
  EXPECT_EQ(relink_embedded_warehouse(folder_.path() / "nothing", id_).error().kind,
            ErrorKind::kRefused);
  EXPECT_TRUE(warehouse_->view_rows(id_, 2, 0).has_value()) << "views of cells need no parts";
  EXPECT_TRUE(load(outcome(sample_rows(17005, "Peru", 2640), "c")).has_value())
      << "our own code finds parts by the manifest";
  ASSERT_TRUE(relink_embedded_warehouse(moved, id_).has_value());
  EXPECT_EQ(shell(database(1)).query_integer(count).value(), 12);
  EXPECT_EQ(shell(database(2)).query_integer(count).value(), 24);
  EXPECT_THAT(list_folder(database(1).parent_path()).value(), SizeIs(4));
}

TEST_F(AnalystsView, RefusesNamesThatMeet) {
  dataset_.warehouse.views["recency"] = "assignments_rejected";
  const auto refused = load(outcome(sample_rows(17000, "Peru", 1), "a"));
  EXPECT_EQ(refused.error().kind, ErrorKind::kRefused);
  EXPECT_THAT(refused.error().message, HasSubstr("assignments_rejected"));
}

TEST_F(AnalystsView, TellsOfADatabaseFileThatIsGone) {
  run(sample_rows(17000, "Peru", 1), "a");
  fs::remove(database(1));
  const auto rows = warehouse_->view_rows(id_, 1, 0);
  EXPECT_EQ(rows.error().kind, ErrorKind::kUnavailable);
  EXPECT_THAT(rows.error().message, HasSubstr(database(1).string()));
}

}  // namespace
}  // namespace voucher::embedded
