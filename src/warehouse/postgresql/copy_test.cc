// COPY in and out against a real server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "warehouse/postgresql/copy_reader.h"
#include "warehouse/postgresql/copy_writer.h"
#include "warehouse/postgresql/server_fixture.h"

namespace voucher::postgresql {
namespace {

using ::testing::ElementsAre;

class Copy : public ::testing::Test {
 protected:
  Connection server_ = fixture::TestServer::connect(fixture::TestServer::get().new_database());
};

TEST_F(Copy, BringsEveryKindOfValueThereAndBack) {
  ASSERT_TRUE(server_
                  .execute("CREATE TABLE public.t (a integer, b bigint, c timestamp, d text, e "
                           "text[])")
                  .has_value());
  const Timestamp instant = {midnight(to_day({1969, 12, 31})).micros + 1};
  auto writer = CopyWriter::begin(server_, "COPY public.t FROM STDIN (FORMAT binary)", {}).value();
  writer.begin_row(5);
  writer.add(std::int32_t{-7});
  writer.add(std::int64_t{INT64_MIN});
  writer.add(instant);
  writer.add(std::string_view("Perú \\N\t"));
  const std::vector<std::string_view> texts{"", "a,b", "{\"}"};
  writer.add_texts(texts);
  ASSERT_TRUE(writer.end_row().has_value());
  writer.begin_row(5);
  for (int i = 0; i < 4; ++i) writer.add_null();
  writer.add_texts({});
  ASSERT_TRUE(writer.end_row().has_value());
  EXPECT_EQ(writer.finish().value(), 2);

  int rows = 0;
  const auto read =
      copy_out(server_, "SELECT b, c, c::date, d, e, a::bigint FROM public.t ORDER BY a",
               [&](const CopyRow& row) -> Result<> {
                 if (++rows == 1) {
                   EXPECT_EQ(row.integer(0), INT64_MIN);
                   EXPECT_EQ(row.timestamp(1), instant);
                   EXPECT_EQ(row.day(2), to_day({1969, 12, 31}));
                   EXPECT_EQ(row.text(3), "Perú \\N\t");
                   EXPECT_THAT(row.texts(4), ElementsAre("", "a,b", "{\"}"));
                   EXPECT_EQ(row.integer(5), -7);
                 } else {
                   EXPECT_TRUE(row.is_null(0));
                   EXPECT_EQ(row.text_or_null(3), std::nullopt);
                   EXPECT_THAT(row.texts(4), ElementsAre());
                 }
                 return {};
               },
               {});
  EXPECT_TRUE(read.has_value());
  EXPECT_EQ(rows, 2);
}

TEST_F(Copy, SendsMoreThanItsBufferHolds) {
  ASSERT_TRUE(server_.execute("CREATE TABLE public.t (a text)").has_value());
  auto writer = CopyWriter::begin(server_, "COPY public.t FROM STDIN (FORMAT binary)", {}).value();
  const std::string large(3'000'000, 'x');
  for (int i = 0; i < 3; ++i) {
    writer.begin_row(1);
    writer.add(std::string_view(large));
    ASSERT_TRUE(writer.end_row().has_value());
  }
  EXPECT_EQ(writer.finish().value(), 3);
  EXPECT_EQ(server_.query("SELECT sum(length(a)) FROM public.t")->integer(0, 0), 9'000'000);
}

TEST_F(Copy, LeavesNothingOfARowThatIsRefused) {
  ASSERT_TRUE(server_.execute("CREATE TABLE public.t (a text)").has_value());
  auto writer = CopyWriter::begin(server_, "COPY public.t FROM STDIN (FORMAT binary)", {}).value();
  writer.begin_row(1);
  writer.add(std::string_view("a\0b", 3));
  ASSERT_TRUE(writer.end_row().has_value());
  const auto refused = writer.finish();
  EXPECT_EQ(refused.error().kind, ErrorKind::kRefused) << refused.error().message;
  EXPECT_EQ(server_.query("SELECT count(*) FROM public.t")->integer(0, 0), 0);
}

TEST_F(Copy, AbandonedLeavesNothingAndTheConnectionUsable) {
  ASSERT_TRUE(server_.execute("CREATE TABLE public.t (a text)").has_value());
  {
    auto writer =
        CopyWriter::begin(server_, "COPY public.t FROM STDIN (FORMAT binary)", {}).value();
    writer.begin_row(1);
    writer.add(std::string_view("x"));
  }
  EXPECT_EQ(server_.query("SELECT count(*) FROM public.t")->integer(0, 0), 0);
}

TEST_F(Copy, StopsAtTheReadersFirstErrorAndLeavesTheConnectionUsable) {
  int rows = 0;
  const auto stopped = copy_out(server_, "SELECT i::bigint FROM generate_series(1, 1000000) i",
                                [&](const CopyRow&) -> Result<> {
                                  if (++rows < 10) return {};
                                  return fail(ErrorKind::kRefused, "enough");
                                },
                                {});
  EXPECT_EQ(stopped.error().message, "enough");
  EXPECT_EQ(rows, 10);
  EXPECT_EQ(server_.query("SELECT 1")->integer(0, 0), 1);
}

TEST_F(Copy, OutOfAMissingTableFails) {
  const auto failed =
      copy_out(server_, "SELECT 1 FROM nowhere", [](const CopyRow&) -> Result<> { return {}; }, {});
  EXPECT_FALSE(failed.has_value());
  EXPECT_EQ(server_.last_sqlstate(), kUndefinedTable);
  EXPECT_EQ(server_.query("SELECT 1")->integer(0, 0), 1);
}

TEST_F(Copy, IsCancelledByAStopRequest) {
  std::stop_source stop;
  std::jthread later([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    stop.request_stop();
  });
  const auto begin = std::chrono::steady_clock::now();
  const auto stopped = server_.query("SELECT pg_sleep(20)", {}, stop.get_token());
  EXPECT_EQ(stopped.error().kind, ErrorKind::kInterrupted);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10));
  EXPECT_EQ(server_.query("SELECT 1")->integer(0, 0), 1);
}

}  // namespace
}  // namespace voucher::postgresql
