#include "warehouse/embedded/file_lock.h"

#include <gmock/gmock.h>
#include <sys/wait.h>

#include <csignal>

#include "warehouse/embedded/warehouse_fixture.h"

namespace voucher::embedded {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class WriterLocks : public fixture::WarehouseTest {};

TEST_F(WriterLocks, TellTheSecondWriterWhoHoldsThem) {
  const auto first = warehouse_->lock(id_, "run 2018-07-10");
  ASSERT_TRUE(first.has_value());
  const auto other = make_embedded_warehouse(root_, clock_);
  const auto second = other->lock(id_, "load");
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().kind, ErrorKind::kUnavailable);
  EXPECT_THAT(second.error().message,
              AllOf(HasSubstr("run 2018-07-10"), HasSubstr(fmt::format("pid {} of ", ::getpid())),
                    HasSubstr("since 2024-10-04T00:00:00Z")));
}

TEST_F(WriterLocks, DoNotHinderOtherDatasetsOrReaders) {
  const auto lock = warehouse_->lock(id_, "run");
  EXPECT_TRUE(warehouse_->lock({"customer", "other"}, "run").has_value());
  EXPECT_TRUE(warehouse_->live(id_).has_value());
}

TEST_F(WriterLocks, AreFreeOnceReleased) {
  {
    const auto lock = warehouse_->lock(id_, "run");
  }
  const auto again = warehouse_->lock(id_, "load");
  ASSERT_TRUE(again.has_value()) << again.error().message;
  EXPECT_THAT(read_file(Layout(root_, id_).lock()).value(), HasSubstr("load (pid"));
}

TEST_F(WriterLocks, EndWithAProcessThatIsKilled) {
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const auto lock = warehouse_->lock(id_, "run");
    const char byte = lock.has_value() ? 'y' : 'n';
    if (::write(ready[1], &byte, 1) == 1) ::pause();
    ::_exit(1);
  }
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  EXPECT_EQ(byte, 'y');
  const auto held = warehouse_->lock(id_, "load");
  EXPECT_FALSE(held.has_value());
  EXPECT_THAT(held.error().message, HasSubstr(fmt::format("pid {} of ", child)));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_TRUE(warehouse_->lock(id_, "load").has_value());
  ::close(ready[0]);
  ::close(ready[1]);
}

}  // namespace
}  // namespace voucher::embedded
