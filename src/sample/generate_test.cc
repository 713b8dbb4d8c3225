#include "sample/generate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>

#include "base/files.h"
#include "base/hash.h"
#include "definition/load.h"
#include "engine/duckdb/connection.h"

namespace voucher {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

const fs::path kSource = VOUCHER_SOURCE_DIR;

Shape shipped_shape() {
  const auto dataset = load_definition(kSource / "domains/customer/voucher.yaml");
  EXPECT_TRUE(dataset) << dataset.error().message;
  auto shape = load_shape(kSource / "domains/customer/voucher.sample.yaml", *dataset);
  EXPECT_TRUE(shape) << shape.error().message << ": "
                     << (shape.error().details.empty() ? "" : shape.error().details.front());
  return *std::move(shape);
}

Shape tariff_shape() {
  const fs::path folder = kSource / "tests/domains/energy";
  const auto dataset = load_definition(folder / "tariff.yaml");
  EXPECT_TRUE(dataset) << dataset.error().message;
  auto shape = load_shape(folder / "tariff.sample.yaml", *dataset);
  EXPECT_TRUE(shape) << shape.error().message << ": "
                     << (shape.error().details.empty() ? "" : shape.error().details.front());
  return *std::move(shape);
}

class GenerateTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() /
              fmt::format("voucher_sample_test_{}_{}", ::getpid(),
                          ::testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  [[nodiscard]] fs::path file(const std::string& name) const { return folder_ / name; }

  GenerateReport made(const Shape& shape, std::int64_t rows, std::uint64_t seed,
                      const fs::path& out) {
    auto report = generate(shape, rows, seed, out, {});
    EXPECT_TRUE(report) << report.error().message;
    return report ? *std::move(report) : GenerateReport{};
  }

  /// An integer that a query over the rows `r` of a file gives.
  std::int64_t ask(const fs::path& path, const std::string& expression,
                   const std::string& reader = "read_parquet") {
    auto database = duckdb::Database::open({});
    auto connection = database->connect();
    auto value = connection->query_integer(
        fmt::format("SELECT ({})::BIGINT FROM {}('{}') r", expression, reader, path.string()));
    EXPECT_TRUE(value) << value.error().message;
    return value.value_or(-1);
  }

  [[nodiscard]] std::size_t files_in_folder() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(folder_), fs::directory_iterator{}));
  }

  fs::path folder_;
};

TEST_F(GenerateTest, MakesTheSameBytesForASeedForEver) {
  const Shape shape = shipped_shape();
  made(shape, 5000, 42, file("a.csv"));
  const auto content = read_file(file("a.csv"));
  EXPECT_EQ(sha256_hex(*content),
            "e445208ea0de35ae8ca4169db45012a1d79c21c17aafa0922ff66ee5612b45fa");
}

TEST_F(GenerateTest, MakesTheSameParquetTwice) {
  const Shape shape = shipped_shape();
  const auto first = made(shape, 300'000, 7, file("a.parquet"));
  const auto second = made(shape, 300'000, 7, file("b.parquet"));
  EXPECT_EQ(first.sha256, second.sha256);
  EXPECT_EQ(first.sha256, *sha256_file(file("a.parquet")));
  EXPECT_NE(first.sha256, made(shape, 300'000, 8, file("c.parquet")).sha256);
}

TEST_F(GenerateTest, WritesAMillionRowsInSeconds) {
  const auto start = std::chrono::steady_clock::now();
  made(shipped_shape(), 1'000'000, 1, file("a.parquet"));
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
  // A generous multiple of what it takes, so that only a real fault fails it.
  EXPECT_LT(taken.count(), 60);
}

TEST_F(GenerateTest, StoresColumnsAsTheShapeSays) {
  made(shipped_shape(), 100, 1, file("a.parquet"));
  EXPECT_EQ(ask(file("a.parquet"),
                "count(*) FILTER (typeof(timestamp) = 'VARCHAR' AND typeof(country_code) = "
                "'VARCHAR' AND typeof(last_order_ts) = 'VARCHAR' AND typeof(first_order_ts) IN "
                "('TIMESTAMP', 'TIMESTAMP_MS') AND typeof(total_orders) = 'VARCHAR' AND "
                "typeof(voucher_amount) = 'DOUBLE')"),
            100);
}

TEST_F(GenerateTest, HasEveryDirtAtItsShareExactly) {
  const Shape shape = shipped_shape();
  const auto report = made(shape, 50'000, 3, file("a.parquet"));
  ASSERT_EQ(report.dirt.size(), shape.dirt.size());
  for (std::size_t i = 0; i < report.dirt.size(); ++i) {
    // A duplicate has the dirt of the row that it repeats instead of its own.
    EXPECT_NEAR(static_cast<double>(report.dirt[i].rows),
                static_cast<double>(shape.dirt[i].rows_of(50'000)), 5)
        << report.dirt[i].name;
    EXPECT_GT(report.dirt[i].rows, 0) << report.dirt[i].name;
  }
}

TEST_F(GenerateTest, LooksLikeTheDataThatTeamsReceive) {
  made(shipped_shape(), 100'000, 3, file("a.parquet"));
  const auto share = [&](const std::string& condition) {
    return static_cast<double>(ask(file("a.parquet"), "count(*) FILTER (" + condition + ")")) /
           100'000;
  };
  EXPECT_NEAR(share("total_orders = ''"), 0.08, 0.005);
  EXPECT_NEAR(share("try_cast(last_order_ts AS DATE) > timestamp::DATE"), 0.08, 0.005);
  EXPECT_NEAR(share("voucher_amount IS NULL"), 0.005, 0.001);
  EXPECT_NEAR(share("lower(country_code) = 'peru'"), 0.16, 0.01);
  EXPECT_NEAR(share("total_orders = '0.0'"), 0.12, 0.01);
  EXPECT_NEAR(share("try_cast(total_orders AS DOUBLE) > 37"), 0.11, 0.01);
  EXPECT_GT(
      share("try_cast(last_order_ts AS DATE) BETWEEN timestamp::DATE - 29 AND timestamp::DATE"),
      0.02);
  EXPECT_EQ(share("regexp_full_match(timestamp, "
                  "'[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}[.][0-9]{6}')"),
            1);
  EXPECT_EQ(share("first_order_ts > try_cast(last_order_ts AS DATE)"), 0);
  EXPECT_GT(ask(file("a.parquet"), "count(*) - count(DISTINCT r)"), 0);
}

TEST_F(GenerateTest, PeruMostlyGets2640InEverySegment) {
  made(shipped_shape(), 100'000, 3, file("a.parquet"));
  for (const std::string segment :
       {"try_cast(total_orders AS DOUBLE) <= 4",
        "try_cast(total_orders AS DOUBLE) BETWEEN 5 AND 13",
        "try_cast(total_orders AS DOUBLE) > 37", "age BETWEEN 30 AND 60", "age BETWEEN 61 AND 90",
        "age BETWEEN 91 AND 120", "age BETWEEN 121 AND 180", "age > 180"}) {
    auto database = duckdb::Database::open({});
    auto connection = database->connect();
    const auto chosen = connection->query_integer(fmt::format(
        "SELECT mode(voucher_amount)::BIGINT FROM (SELECT *, timestamp::DATE - try_cast("
        "last_order_ts AS DATE) AS age FROM '{}') WHERE country_code = 'Peru' AND {}",
        file("a.parquet").string(), segment));
    EXPECT_EQ(*chosen, 2640) << segment;
  }
}

TEST_F(GenerateTest, WritesTheSameRowsInEveryFormat) {
  const Shape shape = shipped_shape();
  made(shape, 2000, 5, file("a.parquet"));
  made(shape, 2000, 5, file("a.csv"));
  made(shape, 2000, 5, file("a.ndjson"));
  const std::string digest =
      "bit_xor(hash(timestamp::VARCHAR, country_code, coalesce(total_orders::VARCHAR, ''), "
      "voucher_amount::DOUBLE)) % 1000000007";
  const std::int64_t expected = ask(file("a.parquet"), digest);
  const auto reread = [&](const std::string& reader) {
    auto database = duckdb::Database::open({});
    auto connection = database->connect();
    return *connection->query_integer(fmt::format("SELECT ({})::BIGINT FROM {}", digest, reader));
  };
  EXPECT_EQ(reread(fmt::format("read_csv('{}', all_varchar=true)", file("a.csv").string())),
            expected);
  EXPECT_EQ(reread(fmt::format("read_json('{}', format='newline_delimited', columns={{timestamp: "
                               "'VARCHAR', country_code: 'VARCHAR', total_orders: 'VARCHAR', "
                               "voucher_amount: 'DOUBLE'}})",
                               file("a.ndjson").string())),
            expected);
}

TEST_F(GenerateTest, WorksForADatasetOfAnyOtherShape) {
  const Shape shape = tariff_shape();
  const auto report = made(shape, 20'000, 1, file("a.parquet"));
  for (const DirtCount& dirt : report.dirt) EXPECT_GT(dirt.rows, 0) << dirt.name;
  EXPECT_GT(ask(file("a.parquet"), "count(*) FILTER (note LIKE '%' || chr(10) || '%')"), 1000);
  EXPECT_EQ(ask(file("a.parquet"), "count(*) FILTER (Region = 'Nord' AND plan LIKE 'night%')"), 0);
  EXPECT_GT(ask(file("a.parquet"), "count(*) FILTER (last_payment_at > meter_read_at)"), 1000);
}

TEST_F(GenerateTest, AFewRowsAreEnough) {
  for (std::int64_t rows = 1; rows < 5; ++rows) {
    made(tariff_shape(), rows, 1, file("a.parquet"));
    EXPECT_EQ(ask(file("a.parquet"), "count(*)"), rows);
  }
}

TEST_F(GenerateTest, RefusesAnUnknownExtension) {
  const auto report = generate(shipped_shape(), 10, 1, file("a.xlsx"), {});
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().kind, ErrorKind::kUsage);
  EXPECT_THAT(report.error().message, HasSubstr("a.xlsx"));
  EXPECT_EQ(files_in_folder(), 0U);
}

TEST_F(GenerateTest, RefusesNoRows) {
  const auto report = generate(shipped_shape(), 0, 1, file("a.csv"), {});
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().kind, ErrorKind::kUsage);
}

TEST_F(GenerateTest, SaysWhereItCannotWrite) {
  std::ofstream(file("occupied")) << "a file";
  const auto report = generate(shipped_shape(), 10, 1, file("occupied") / "a.csv", {});
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().kind, ErrorKind::kUnavailable);
  EXPECT_THAT(report.error().message, HasSubstr("occupied"));
}

TEST_F(GenerateTest, StopsWhenAskedAndLeavesTheOldFile) {
  std::ofstream(file("a.csv")) << "old";
  std::stop_source stop;
  stop.request_stop();
  const auto report =
      generate(shipped_shape(), 1'000'000, 1, file("a.csv"), {{}, stop.get_token()});
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().kind, ErrorKind::kInterrupted);
  EXPECT_EQ(*read_file(file("a.csv")), "old");
  EXPECT_EQ(files_in_folder(), 1U);
}

TEST_F(GenerateTest, MakesTheFolderAndReplacesAnOlderFile) {
  made(shipped_shape(), 10, 1, file("new/folder/a.csv"));
  made(shipped_shape(), 20, 1, file("new/folder/a.csv"));
  EXPECT_EQ(ask(file("new/folder/a.csv"), "count(*)", "read_csv"), 20);
}

TEST_F(GenerateTest, ReportsItsProgressToTheEnd) {
  std::int64_t last = 0;
  bool finished = false;
  const JobControl control{[&](const ProgressEvent& event) {
                             EXPECT_EQ(event.stage, "generate");
                             EXPECT_GE(event.rows, last);
                             last = event.rows;
                             finished = event.finished;
                           },
                           {}};
  ASSERT_TRUE(generate(shipped_shape(), 500'000, 1, file("a.parquet"), control));
  EXPECT_EQ(last, 500'000);
  EXPECT_TRUE(finished);
}

}  // namespace
}  // namespace voucher
