#include "cli/lineage_place.h"

#include <gtest/gtest.h>

#include <map>

namespace voucher {
namespace {

using Variables = std::map<std::string, std::string>;

Environment environment(Variables variables) {
  return [variables = std::move(variables)](const char* name) {
    const auto found = variables.find(name);
    return found == variables.end() ? std::string() : found->second;
  };
}

struct Address {
  const char* text;
  const char* space;
  const char* prefix;
};

TEST(LineagePlaceTest, NamesAServerByHostPortAndDatabase) {
  const Environment none = environment({{"USER", "me"}});
  for (const Address& address : {
           Address{"postgresql://db.example:6432/shop", "postgres://db.example:6432", "shop."},
           Address{"postgres://loader:s3cret@db.example/shop?sslmode=require",
                   "postgres://db.example:5432", "shop."},
           Address{"postgresql://a:1,b:2/shop", "postgres://a:1", "shop."},
           Address{"postgresql://[::1]:6432/shop", "postgres://[::1]:6432", "shop."},
           Address{"postgresql://loader@db.example", "postgres://db.example:5432", "loader."},
           Address{"postgresql:///shop?host=db.example&port=6432&sslmode=require",
                   "postgres://db.example:6432", "shop."},
           Address{"postgresql://?dbname=shop&user=loader", "postgres://localhost:5432", "shop."},
           Address{"postgresql:///shop", "postgres://localhost:5432", "shop."},
           Address{"postgresql:", "postgres://localhost:5432", "me."},
       }) {
    const LineagePlace place = server_place(address.text, none);
    EXPECT_EQ(place.space, address.space) << address.text;
    EXPECT_EQ(place.prefix, address.prefix) << address.text;
  }
}

TEST(LineagePlaceTest, TakesWhatIsLeftOutFromTheEnvironment) {
  const LineagePlace place = server_place(
      "postgresql:",
      environment(
          {{"PGHOST", "db"}, {"PGPORT", "6000"}, {"PGDATABASE", "shop"}, {"PGUSER", "loader"}}));
  EXPECT_EQ(place.space, "postgres://db:6000");
  EXPECT_EQ(place.prefix, "shop.");
}

TEST(LineagePlaceTest, NamesAFolderByItsPath) {
  EXPECT_EQ(embedded_place("/srv/./voucher/").space, "duckdb:///srv/voucher");
  EXPECT_EQ(embedded_place("/srv/voucher").prefix, "");
}

}  // namespace
}  // namespace voucher
