#include "warehouse/embedded/publications.h"

#include <gmock/gmock.h>

#include <fstream>

#include "warehouse/embedded/assignment_fixture.h"

namespace voucher::embedded {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Publications : public ::testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directories(layout_.folder()); }

  void publish(VersionNumber number) {
    intend(number);
    ASSERT_TRUE(replace_current(layout_, number).has_value());
  }
  void intend(VersionNumber number) {
    const auto live = read_current(layout_).value();
    const auto done =
        append_publication(layout_, {number, live, Timestamp{1}, "me@here", "line\nbreak \"x\""});
    ASSERT_TRUE(done.has_value()) << done.error().message;
  }
  std::vector<VersionNumber> history() {
    std::vector<VersionNumber> numbers;
    const auto publications = read_publications(layout_).value();
    for (const Publication& publication : publications) numbers.push_back(publication.version);
    return numbers;
  }
  void append_raw(const std::string& text) {
    std::ofstream(layout_.publications(), std::ios::app) << text;
  }

  fixture::TemporaryFolder folder_;
  Layout layout_{folder_.path(), {"customer", "voucher"}};
};

TEST_F(Publications, ComeBackInOrderWithEveryField) {
  publish(1);
  publish(2);
  publish(1);
  EXPECT_THAT(history(), ElementsAre(1, 2, 1));
  const Publication last = read_publications(layout_)->back();
  EXPECT_EQ(last.replaced, 2);
  EXPECT_EQ(last.at, Timestamp{1});
  EXPECT_EQ(last.by, "me@here");
  EXPECT_EQ(last.why, "line\nbreak \"x\"");
}

TEST_F(Publications, LeaveOutOneWhoseWriterWasKilledBeforeTheSwitch) {
  intend(1);
  EXPECT_THAT(history(), ElementsAre());
  ASSERT_TRUE(drop_unfinished_publication(layout_).has_value());
  publish(1);
  publish(2);
  intend(1);
  EXPECT_THAT(history(), ElementsAre(1, 2)) << "1 was published before, but is not live again";
  ASSERT_TRUE(drop_unfinished_publication(layout_).has_value());
  publish(3);
  EXPECT_THAT(history(), ElementsAre(1, 2, 3));
}

TEST_F(Publications, SurviveALineThatWasCut) {
  publish(1);
  append_raw("{\"version\":2,\"repl");
  EXPECT_THAT(history(), ElementsAre(1));
  ASSERT_TRUE(drop_unfinished_publication(layout_).has_value());
  publish(2);
  EXPECT_THAT(history(), ElementsAre(1, 2));
}

TEST_F(Publications, RefuseADamagedLineInTheMiddle) {
  publish(1);
  append_raw("garbage\n");
  const auto history = read_publications(layout_);
  EXPECT_EQ(history.error().kind, ErrorKind::kRefused);
  EXPECT_THAT(history.error().message, HasSubstr("line 2"));
}

TEST_F(Publications, RefuseADamagedCurrent) {
  for (const char* text : {"", "versions/1", "versions/0\n", "versions/x\n", "1\n",
                           "versions/1\nversions/2\n", "../versions/1\n"}) {
    ASSERT_TRUE(replace_file(layout_.current(), text).has_value());
    EXPECT_EQ(read_current(layout_).error().kind, ErrorKind::kRefused) << text;
  }
}

}  // namespace
}  // namespace voucher::embedded
