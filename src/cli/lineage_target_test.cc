#include "cli/lineage_target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "base/files.h"

namespace voucher {
namespace {

using Variables = std::map<std::string, std::string>;
using testing::HasSubstr;
using testing::Not;

Result<std::optional<LineageTarget>> choose(const std::string& flag, const Variables& variables) {
  return choose_lineage_target(flag, [&](const char* name) {
    const auto found = variables.find(name);
    return found == variables.end() ? std::string() : found->second;
  });
}

TEST(LineageTargetTest, IsNoneByDefault) {
  EXPECT_FALSE(choose("", {})->has_value());
  EXPECT_FALSE(choose("", {{"OPENLINEAGE_API_KEY", "k"}})->has_value());
}

TEST(LineageTargetTest, IsAFileOrAUrl) {
  EXPECT_EQ((*choose("file:events.jsonl", {}))->file, "events.jsonl");
  EXPECT_EQ((*choose("file:///var/events.jsonl", {}))->file, "/var/events.jsonl");
  EXPECT_EQ((*choose("file:/var/events.jsonl", {}))->file, "/var/events.jsonl");
  EXPECT_EQ((*choose("http://host:5000/api/v1/lineage", {}))->url,
            "http://host:5000/api/v1/lineage");
  EXPECT_EQ((*choose("https://host/x", {}))->job_namespace, "voucher");
}

TEST(LineageTargetTest, RefusesOtherForms) {
  for (const char* flag : {"events.jsonl", "file:", "http://", "ftp://host/x", "kafka:topic"}) {
    const auto target = choose(flag, {});
    ASSERT_FALSE(target) << flag;
    EXPECT_EQ(target.error().kind, ErrorKind::kUsage);
  }
  const auto secret = choose("ftp://me:s3cret@host/x", {});
  EXPECT_THAT(secret.error().message, Not(HasSubstr("s3cret")));
  EXPECT_EQ(choose("", {{"OPENLINEAGE_URL", "host"}}).error().kind, ErrorKind::kUsage);
}

TEST(LineageTargetTest, FollowsTheVariablesOfOpenLineage) {
  EXPECT_EQ((*choose("", {{"OPENLINEAGE_URL", "http://host:5000/"}}))->url,
            "http://host:5000/api/v1/lineage");
  const auto target = *choose("", {{"OPENLINEAGE_URL", "http://host"},
                                   {"OPENLINEAGE_ENDPOINT", "/events"},
                                   {"OPENLINEAGE_API_KEY", "k"},
                                   {"OPENLINEAGE_NAMESPACE", "team"}});
  EXPECT_EQ(target->url, "http://host/events");
  EXPECT_EQ(target->api_key, "k");
  EXPECT_EQ(target->job_namespace, "team");
  EXPECT_EQ((*choose("file:x", {{"OPENLINEAGE_URL", "http://host"}}))->file, "x");
  EXPECT_FALSE(choose("file:x", {{"OPENLINEAGE_DISABLED", "true"}})->has_value());
}

TEST(LineageTargetTest, AppendsLinesToAFile) {
  const std::filesystem::path path = std::filesystem::path(testing::TempDir()) / "lineage.jsonl";
  std::filesystem::remove(path);
  LineageTarget target;
  target.file = path.string();
  ASSERT_TRUE(send_lineage(target, "{1}"));
  ASSERT_TRUE(send_lineage(target, "{2}"));
  EXPECT_EQ(*read_file(path), "{1}\n{2}\n");
  target.file = "/nowhere/lineage.jsonl";
  EXPECT_THAT(send_lineage(target, "{}").error().message, HasSubstr("/nowhere/lineage.jsonl"));
}

TEST(LineageTargetTest, SaysThatNobodyListens) {
  LineageTarget target;
  target.url = "http://me:s3cret@127.0.0.1:9/x";  // the discard port: closed
  const auto sent = send_lineage(target, "{}");
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().kind, ErrorKind::kUnavailable);
  EXPECT_THAT(sent.error().message, HasSubstr("127.0.0.1:9"));
  EXPECT_THAT(sent.error().message, Not(HasSubstr("s3cret")));
}

}  // namespace
}  // namespace voucher
