#include "api/decision_log/log_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>

#include "api/decision_log/log_line.h"
#include "base/files.h"

namespace voucher {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class LogFileTest : public testing::Test {
 protected:
  void SetUp() override {
    fs::remove_all(folder);
    fs::create_directories(folder);
  }
  void TearDown() override { fs::remove_all(folder); }

  static std::string line(int number) {
    return std::string(kLogLineStart) + std::to_string(number) + "\"}\n";
  }
  static std::string content(const fs::path& at) { return *read_file(at); }
  void write(std::string_view text) const { ASSERT_TRUE(replace_file(path, text)); }
  Result<> append(std::string_view lines) { return file.append(lines, written); }

  const fs::path folder =
      fs::path(testing::TempDir()) /
      ("log_file_" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
  const fs::path path = folder / "decisions.jsonl";
  LogFile file{path};
  std::size_t written = 0;
};

TEST_F(LogFileTest, IsForItsOwnerOnly) {
  ASSERT_TRUE(file.open());
  struct stat status{};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(LogFileTest, AppendsToWhatIsThere) {
  write(line(1));
  ASSERT_TRUE(append(line(2) + line(3)));
  EXPECT_EQ(written, (line(2) + line(3)).size());
  EXPECT_EQ(content(path), line(1) + line(2) + line(3));
}

TEST_F(LogFileTest, CutsOffALineWithoutItsEnd) {
  // Longer than what is read at once, too.
  for (const std::size_t length : {1U, 10U, 1000U, 200'000U}) {
    const std::string torn =
        (std::string(kLogLineStart) + std::string(length, 'x')).substr(0, length);
    write(line(1) + torn);
    LogFile again(path);
    ASSERT_TRUE(again.append(line(3), written)) << length;
    EXPECT_EQ(content(path), line(1) + line(3)) << length;
  }
}

TEST_F(LogFileTest, CutsOffATornLineThatIsAll) {
  write(line(1).substr(0, 12));
  ASSERT_TRUE(append(line(2)));
  EXPECT_EQ(content(path), line(2));
}

TEST_F(LogFileTest, LeavesAFileThatIsNoDecisionLogAlone) {
  write("notes of mine\nwithout an end");
  const auto outcome = file.open();
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, ErrorKind::kRefused);
  EXPECT_THAT(outcome.error().message, HasSubstr("is no decision log"));
  EXPECT_EQ(content(path), "notes of mine\nwithout an end");
}

TEST_F(LogFileTest, RefusesWhatIsNoFile) {
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  EXPECT_EQ(file.open().error().kind, ErrorKind::kRefused);
  LogFile missing(folder / "nowhere" / "log");
  EXPECT_EQ(missing.open().error().kind, ErrorKind::kUnavailable);
  EXPECT_THAT(missing.open().error().message, HasSubstr("No such file"));
}

TEST_F(LogFileTest, IsWrittenByOneProcessOnly) {
  ASSERT_TRUE(file.open());
  LogFile second(path);
  const auto outcome = second.open();
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, ErrorKind::kUnavailable);
  EXPECT_THAT(outcome.error().message, HasSubstr("another process writes"));
}

TEST_F(LogFileTest, FollowsItsNameAfterARename) {
  ASSERT_TRUE(append(line(1)));
  fs::rename(path, folder / "decisions.1");
  ASSERT_TRUE(append(line(2)));
  EXPECT_EQ(content(folder / "decisions.1"), line(1));
  EXPECT_EQ(content(path), line(2));
  // Another file under the name, as where a rotation makes it.
  write("");
  ASSERT_TRUE(append(line(3)));
  EXPECT_EQ(content(path), line(3));
}

TEST_F(LogFileTest, RecoversOnceTheFolderIsBack) {
  ASSERT_TRUE(append(line(1)));
  fs::rename(folder, folder.string() + ".away");
  EXPECT_FALSE(append(line(2)));
  EXPECT_EQ(written, 0U);
  EXPECT_FALSE(file.disk_was_full());
  fs::rename(folder.string() + ".away", folder);
  ASSERT_TRUE(append(line(2)));
  EXPECT_EQ(content(path), line(1) + line(2));
}

/// The largest file that this process may write: stands in for a disk that is full.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    rlimit limit = before_;
    limit.rlim_cur = bytes;
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() { ::setrlimit(RLIMIT_FSIZE, &before_); }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  rlimit before_{};
};

TEST_F(LogFileTest, NeverLeavesHalfALineInTheMiddle) {
  const std::string lines = line(1) + line(2) + line(3);
  for (std::size_t limit = 0; limit < lines.size(); ++limit) {
    fs::remove(path);
    LogFile fresh(path);
    {
      const FileSizeLimit full(limit);
      ASSERT_FALSE(fresh.append(lines, written)) << limit;
    }
    EXPECT_EQ(written, limit / line(1).size() * line(1).size());
    const std::string_view rest = std::string_view(lines).substr(written);
    ASSERT_TRUE(fresh.append(rest, written)) << limit;
    EXPECT_EQ(content(path), lines) << limit;
  }
}

}  // namespace
}  // namespace voucher
