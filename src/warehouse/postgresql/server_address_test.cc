#include "warehouse/postgresql/server_address.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace voucher::postgresql {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(ServerAddress, IsKnownByItsScheme) {
  for (const char* text : {"postgresql:", "postgres:", "postgresql://h/d", "postgres://u@h:1/d"})
    EXPECT_TRUE(ServerAddress::matches(text)) << text;
  for (const char* text : {"", "duckdb:dir", "postgresql", "postgresqlx://h"})
    EXPECT_FALSE(ServerAddress::matches(text)) << text;
}

TEST(ServerAddress, AloneLeavesAllToTheEnvironment) {
  EXPECT_EQ(ServerAddress::parse("postgresql:")->connection_string(), "");
  EXPECT_FALSE(ServerAddress::parse("postgres:")->has_password());
}

TEST(ServerAddress, KnowsWhatItGives) {
  const auto address = ServerAddress::parse("postgresql://u@h/d?connect_timeout=3&sslmode=require");
  ASSERT_TRUE(address.has_value());
  EXPECT_TRUE(address->gives("connect_timeout"));
  EXPECT_TRUE(address->gives("sslmode"));
  EXPECT_FALSE(address->gives("service"));
  EXPECT_FALSE(address->has_password());
}

TEST(ServerAddress, ShowsNoPassword) {
  for (const char* text :
       {"postgresql://u:geheim@h/d", "postgresql://u:geheim@h,i/d?sslmode=disable",
        "postgresql://h/d?user=u&password=geheim", "postgresql://u@h/d?sslpassword=geheim"}) {
    const auto address = ServerAddress::parse(text);
    ASSERT_TRUE(address.has_value()) << text;
    EXPECT_TRUE(address->has_password()) << text;
    EXPECT_THAT(address->shown(), Not(HasSubstr("geheim"))) << text;
    EXPECT_THAT(address->redact("the server says geheim"), Not(HasSubstr("geheim"))) << text;
  }
}

TEST(ServerAddress, HidesAPasswordAsWrittenAndAsMeant) {
  const auto address = ServerAddress::parse("postgresql://u:ge%40heim@h/d");
  ASSERT_TRUE(address.has_value());
  EXPECT_EQ(address->redact("ge%40heim ge@heim"), "*** ***");
}

TEST(ServerAddress, RefusesWhatLibpqCannotReadWithoutThePassword) {
  for (const char* text : {"postgresql://u:geheim@h:port/d", "postgresql://u:geheim@h/d?nonsense=1",
                           "postgresql://u:gehe%im@h/d"}) {
    const auto address = ServerAddress::parse(text);
    ASSERT_FALSE(address.has_value() && std::string(text).find("port") == std::string::npos)
        << text;
    if (address) continue;
    EXPECT_EQ(address.error().kind, ErrorKind::kUsage) << text;
    EXPECT_THAT(address.error().message, Not(HasSubstr("gehe"))) << text;
  }
}

}  // namespace
}  // namespace voucher::postgresql
