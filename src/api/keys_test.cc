#include "api/keys.h"

#include <gmock/gmock.h>

#include "api/api_fixture.h"
#include "base/hash.h"

namespace voucher {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kClassic = "/get-segment-voucher";

class KeyedApiTest : public ApiTest {
 protected:
  void SetUp() override {
    warehouse.publish(kVoucherId, voucher_snapshot());
    Services services;
    services.keys = *ApiKeys::parse("# keys\n" + sha256_hex("secret") + "  shop\n", "keys");
    serve({}, std::move(services));
  }
};

TEST_F(KeyedApiTest, AdmitsKnownKeysOnly) {
  EXPECT_EQ(post(kClassic, kDocumentedRequest).status, 401);
  EXPECT_EQ(get("/v1/datasets").header("WWW-Authenticate"), "Bearer");
  EXPECT_EQ(get("/nowhere").status, 401);
  EXPECT_EQ(get("/v1/datasets", {{"X-API-Key", "wrong"}}).status, 401);
  EXPECT_EQ(get("/v1/datasets", {{"X-API-Key", sha256_hex("secret")}}).status, 401);
  EXPECT_EQ(get("/v1/datasets", {{"X-API-Key", ""}}).status, 401);
  EXPECT_EQ(get("/v1/datasets", {{"Authorization", "Basic secret"}}).status, 401);
  EXPECT_EQ(get("/v1/datasets", {{"X-API-Key", "secret"}}).status, 200);
  EXPECT_EQ(get("/v1/datasets", {{"Authorization", "bearer secret"}}).status, 200);
}

TEST_F(KeyedApiTest, LeavesHealthAndReadyOpen) {
  EXPECT_EQ(get("/health").status, 200);
  EXPECT_EQ(get("/ready").status, 200);
}

TEST(ApiKeys, NamesEveryLineThatIsNoHash) {
  const auto keys = ApiKeys::parse("secret\n\n# fine\nabc\n", "keys.txt");
  ASSERT_FALSE(keys);
  EXPECT_EQ(keys.error().kind, ErrorKind::kRefused);
  ASSERT_EQ(keys.error().details.size(), 2U);
  EXPECT_THAT(keys.error().details[1], HasSubstr("keys.txt:4:"));
  EXPECT_THAT(keys.error().details[0], Not(HasSubstr("secret")));
  EXPECT_FALSE(ApiKeys::parse("# nothing\n", "keys.txt"));
}

}  // namespace
}  // namespace voucher
