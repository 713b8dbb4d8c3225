#include "warehouse/embedded/verification.h"

#include <map>

#include "warehouse/embedded/warehouse_fixture.h"

namespace voucher::embedded {
namespace {

using fixture::Assignment;
using fixture::day;
using fixture::row_of;
using fixture::sample_rows;
using fixture::segments_of;

class VerifyInputs : public fixture::WarehouseTest {};

TEST_F(VerifyInputs, StreamsEveryDistinctInputOfPartsNotYetVerified) {
  auto rows = sample_rows(-20, "Peru", 2640);                // days before 1970 too
  rows.push_back({day(-20, 7), "Peru", day(-20, 9), 0, 5});  // same day and orders as the first
  rows.push_back({day(30), "PERU", day(-60), 3, std::nullopt});
  run(rows, "a");
  const auto more = sample_rows(18000, "Perú ☂", 1);
  const VersionNumber number = load_rows(more, "b");

  const auto key = [&](VariantIndex variant, const std::vector<Field>& row,
                       std::optional<std::string_view> label) {
    return fmt::format("{} {} {} {} {}", variant, row[1].text,
                       *value_of(dataset_.variants[variant], row), row[2].number % kMicrosPerDay,
                       label.value_or("-"));
  };
  const auto expected = [&](const std::vector<Assignment>& from) {
    std::map<std::string, std::int64_t> inputs;
    for (const Assignment& row : from) {
      Assignment cut = row;
      cut.at = midnight(day_of(row.at));
      cut.last_order = midnight(day_of(row.last_order));
      for (VariantIndex v = 0; v < dataset_.variants.size(); ++v) {
        const auto segment = segments_of(dataset_, row)[v];
        const auto label =
            segment ? std::optional<std::string_view>(dataset_.variants[v].segments[*segment].label)
                    : std::nullopt;
        ++inputs[key(v, row_of(cut), label)];
      }
    }
    return inputs;
  };
  const auto streamed = [&](VersionNumber version) {
    std::map<std::string, std::int64_t> inputs;
    const auto done = warehouse_->verify_inputs(
        id_, version,
        [&](const VerifyInput& input) -> Result<> {
          EXPECT_FALSE(input.row[4].has_value());
          EXPECT_EQ(input.row[3].has_value(), input.variant == 0);
          inputs[key(input.variant, input.row, input.label)] += input.rows;
          return {};
        },
        {});
    EXPECT_TRUE(done.has_value()) << done.error().message;
    return inputs;
  };
  EXPECT_EQ(streamed(number), expected(more)) << "the live version's part is verified";
  ASSERT_TRUE(load(outcome(rows, "a"), true).has_value());
  EXPECT_EQ(streamed(number + 1), expected(rows));
}

TEST_F(VerifyInputs, StopsVerifyAtTheFirstErrorOfTheConsumer) {
  load_rows(sample_rows(17000, "Peru", 1), "a");
  int calls = 0;
  const auto stopped = warehouse_->verify_inputs(id_, 1,
                                                 [&](const VerifyInput&) -> Result<> {
                                                   ++calls;
                                                   return fail(ErrorKind::kRefused, "enough");
                                                 },
                                                 {});
  EXPECT_EQ(stopped.error().message, "enough");
  EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace voucher::embedded
