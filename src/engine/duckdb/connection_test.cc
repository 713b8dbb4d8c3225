#include "engine/duckdb/connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <stop_token>
#include <thread>

namespace voucher::duckdb {
namespace {

using ::testing::HasSubstr;

Connection open_memory() {
  auto database = Database::open({});
  EXPECT_TRUE(database.has_value());
  auto connection = database->connect();
  EXPECT_TRUE(connection.has_value());
  return std::move(*connection);
}

ErrorKind kind_of(Connection& connection, const std::string& sql) {
  auto result = connection.execute(sql);
  EXPECT_FALSE(result.has_value()) << sql;
  return result.has_value() ? ErrorKind::kUsage : result.error().kind;
}

TEST(Connection, ReadsTypedValuesAndNulls) {
  Connection connection = open_memory();
  auto result = connection.query(
      "SELECT 7::BIGINT, TIMESTAMP '1970-01-01 00:00:01.000002', 'short', repeat('x', 40), 2.5::"
      "DOUBLE, NULL::BIGINT, true, sum(-3::BIGINT), 1::TINYINT");
  ASSERT_TRUE(result.has_value()) << result.error().message;
  auto chunk = result->next();
  ASSERT_TRUE(chunk.has_value() && chunk->has_value());
  const RowView row(**chunk, 0);
  EXPECT_EQ(row.integer(0), 7);
  EXPECT_EQ(row.timestamp(1).micros, 1'000'002);
  EXPECT_EQ(row.text(2), "short");
  EXPECT_EQ(row.text(3), std::string(40, 'x'));
  EXPECT_EQ(row.real(4), 2.5);
  EXPECT_TRUE(row.is_null(5));
  EXPECT_EQ(row.integer_or_null(5), std::nullopt);
  EXPECT_FALSE(row.is_null(0));
  EXPECT_TRUE(row.boolean(6));
  EXPECT_EQ(row.integer(7), -3);
  EXPECT_EQ(row.integer(8), 1);
  EXPECT_FALSE(result->next()->has_value());
}

TEST(Connection, BindsParametersAsValues) {
  Connection connection = open_memory();
  const std::string nasty = "a'b\";--\n";
  auto result = connection.query("SELECT $1::VARCHAR || $1::VARCHAR, $2 + 1, $3, $4 IS NULL",
                                 {nasty, std::int64_t{41}, Timestamp{5}, std::monostate{}});
  ASSERT_TRUE(result.has_value()) << result.error().message;
  auto chunk = result->next();
  ASSERT_TRUE(chunk.has_value() && chunk->has_value());
  const RowView row(**chunk, 0);
  EXPECT_EQ(row.text(0), nasty + nasty);
  EXPECT_EQ(row.integer(1), 42);
  EXPECT_EQ(row.timestamp(2).micros, 5);
  EXPECT_TRUE(row.boolean(3));
}

TEST(Connection, RunsSeveralStatementsInOrder) {
  Connection connection = open_memory();
  auto changed =
      connection.execute("CREATE TABLE t(a INT); INSERT INTO t SELECT range FROM range(5);");
  ASSERT_TRUE(changed.has_value()) << changed.error().message;
  EXPECT_EQ(*changed, 5);
  EXPECT_EQ(connection.query_integer("SELECT sum(a) FROM t"), 10);
}

TEST(Connection, StreamsEveryRowOfALargeResult) {
  Connection connection = open_memory();
  auto result = connection.stream("SELECT range FROM range(1000000)");
  ASSERT_TRUE(result.has_value());
  std::int64_t sum = 0;
  auto read = result->for_each_row([&](RowView row) -> Result<> {
    sum += row.integer(0);
    return {};
  });
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(sum, 499'999'500'000);
}

TEST(Connection, StreamReportsAFailureInTheMiddle) {
  Connection connection = open_memory();
  auto result = connection.stream(
      "SELECT CASE WHEN range = 900000 THEN error('late') ELSE 'x' END FROM range(1000000)");
  const auto read = result ? result->for_each_row([](RowView) -> Result<> { return {}; })
                           : Result<>(std::unexpected(result.error()));
  ASSERT_FALSE(read.has_value());
  EXPECT_THAT(read.error().message, HasSubstr("late"));
}

TEST(Connection, ClassifiesErrors) {
  Connection connection = open_memory();
  EXPECT_EQ(kind_of(connection, "SELECT * FROM read_parquet('/nowhere/x.parquet')"),
            ErrorKind::kUnavailable);
  EXPECT_EQ(kind_of(connection, "SELECT 'x'::INT"), ErrorKind::kRefused);
  EXPECT_EQ(kind_of(connection, "SELEC 1"), ErrorKind::kInternal);
  EXPECT_EQ(kind_of(connection, "COPY (SELECT 1) TO '/nowhere/x.parquet'"),
            ErrorKind::kUnavailable);
}

TEST(Connection, StopsALongQuery) {
  Connection connection = open_memory();
  std::stop_source source;
  const JobControl control{{}, source.get_token()};
  const std::jthread stopper([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    source.request_stop();
  });
  const auto begin = std::chrono::steady_clock::now();
  const auto result =
      connection.query("SELECT count(*) FROM range(100000000000)", {}, {&control, "count"});
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().kind, ErrorKind::kInterrupted);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
  EXPECT_EQ(connection.query_integer("SELECT 1"), 1);
}

TEST(Connection, ReportsProgressFromTheCallersThread) {
  Connection connection = open_memory();
  int events = 0;
  std::stop_source source;
  const std::thread::id caller = std::this_thread::get_id();
  const JobControl control{[&](const ProgressEvent& event) {
                             EXPECT_EQ(event.stage, "count");
                             EXPECT_EQ(std::this_thread::get_id(), caller);
                             if (++events == 2) source.request_stop();
                           },
                           source.get_token()};
  const auto result =
      connection.query("SELECT count(*) FROM range(100000000000)", {}, {&control, "count"});
  EXPECT_FALSE(result.has_value());
  EXPECT_EQ(events, 2);
}

TEST(Connection, AppendsRows) {
  Connection connection = open_memory();
  ASSERT_TRUE(connection.execute("CREATE TABLE t(a BIGINT, b VARCHAR, c TIMESTAMP)").has_value());
  auto appender = Appender::open(connection, "main", "t");
  ASSERT_TRUE(appender.has_value()) << appender.error().message;
  for (std::int64_t i = 0; i < 10; ++i) {
    appender->add(i).add("text").add(Timestamp{i});
    appender->end_row();
  }
  appender->add_null().add_null().add_null();
  appender->end_row();
  ASSERT_TRUE(appender->close().has_value());
  EXPECT_EQ(connection.query_integer("SELECT count(*) FROM t WHERE b = 'text'"), 10);
  EXPECT_FALSE(Appender::open(connection, "main", "missing").has_value());
}

TEST(Connection, AppenderReportsAValueOfAnotherType) {
  Connection connection = open_memory();
  ASSERT_TRUE(connection.execute("CREATE TABLE t(a BIGINT)").has_value());
  auto appender = Appender::open(connection, "main", "t");
  ASSERT_TRUE(appender.has_value());
  appender->add("no number");
  appender->end_row();
  EXPECT_FALSE(appender->close().has_value());
}

TEST(Database, RefusesToWriteWhenReadOnly) {
  const auto file = std::filesystem::temp_directory_path() /
                    ("voucher_connection_test_" + std::to_string(::getpid()) + ".duckdb");
  {
    auto database = Database::open({.file = file});
    ASSERT_TRUE(database.has_value()) << database.error().message;
    ASSERT_TRUE(database->connect()->execute("CREATE TABLE t(a INT)").has_value());
  }
  auto database = Database::open({.file = file, .read_only = true});
  ASSERT_TRUE(database.has_value()) << database.error().message;
  auto connection = database->connect();
  EXPECT_EQ(connection->query_integer("SELECT count(*) FROM t"), 0);
  EXPECT_FALSE(connection->execute("INSERT INTO t VALUES (1)").has_value());
  std::filesystem::remove(file);
}

TEST(Database, ReportsAMissingFile) {
  const auto database = Database::open({.file = "/nowhere/x.duckdb", .read_only = true});
  ASSERT_FALSE(database.has_value());
  EXPECT_EQ(database.error().kind, ErrorKind::kUnavailable);
  EXPECT_THAT(database.error().message, HasSubstr("/nowhere/x.duckdb"));
}

TEST(Database, RefusesAFileThatIsNoDatabase) {
  const auto file = std::filesystem::temp_directory_path() /
                    ("voucher_connection_text_" + std::to_string(::getpid()));
  std::ofstream(file) << std::string(20'000, 'x');
  const auto database = Database::open({.file = file, .read_only = true});
  ASSERT_FALSE(database.has_value());
  EXPECT_THAT(database.error().message, HasSubstr(file.string()));
  std::filesystem::remove(file);
}

TEST(Database, LoadsNoExtension) {
  Connection connection = open_memory();
  EXPECT_FALSE(connection.execute("SELECT * FROM read_parquet('https://example.invalid/x')"));
}

TEST(Database, TakesItsLimits) {
  auto database = Database::open({.threads = 1, .memory_limit_bytes = 64'000'000});
  ASSERT_TRUE(database.has_value()) << database.error().message;
  auto connection = database->connect();
  EXPECT_EQ(connection->query_integer("SELECT current_setting('threads')"), 1);
  const auto result =
      connection->execute("CREATE TABLE t AS SELECT repeat('x', 200) || range FROM range(2000000)");
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().kind, ErrorKind::kUnavailable);
}

}  // namespace
}  // namespace voucher::duckdb
