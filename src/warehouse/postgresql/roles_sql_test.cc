#include "warehouse/postgresql/roles_sql.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <regex>

#include "decision/sample_dataset.h"
#include "warehouse/postgresql/schema_sql.h"

namespace voucher::postgresql {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

Dataset dataset_in(const std::string& schema) {
  Dataset dataset = voucher_dataset();
  dataset.warehouse = {
      schema,
      "voucher_assignment_segmented",
      {{"frequency_segment", "frequency_view"}, {"recency_segment", "recency_view"}},
      30};
  return dataset;
}

std::string sql_of(const RoleNames& roles, const std::vector<Dataset>& datasets) {
  return setup_sql(roles, datasets);
}

std::ptrdiff_t count(const std::string& text, const std::string& pattern) {
  const std::regex expression(pattern);
  return std::distance(std::sregex_iterator(text.begin(), text.end(), expression),
                       std::sregex_iterator());
}

TEST(SetupSql, HoldsTheTablesThatALoadMakes) {
  EXPECT_THAT(sql_of({}, {}), HasSubstr(create_store_tables_sql()));
}

TEST(SetupSql, MakesOnlyWhatIsMissing) {
  const std::string text = sql_of({}, {dataset_in("customer")});
  EXPECT_EQ(count(text, "CREATE ROLE"), 3);
  EXPECT_EQ(count(text, "IF NOT EXISTS \\(SELECT FROM pg_roles"), 3);
  EXPECT_EQ(count(text, "CREATE (SCHEMA|TABLE|INDEX) (?!IF NOT EXISTS)"), 0);
}

TEST(SetupSql, GivesTheOwnerNoLogin) {
  EXPECT_THAT(sql_of({}, {}), AllOf(HasSubstr(R"(CREATE ROLE "voucher_owner" NOLOGIN;)"),
                                    HasSubstr(R"(CREATE ROLE "voucher_loader" LOGIN;)"),
                                    HasSubstr(R"(CREATE ROLE "voucher_reader" LOGIN;)")));
}

TEST(SetupSql, LetsTheReaderReadOnly) {
  const std::string text = sql_of({"o", "l", "r"}, {dataset_in("customer")});
  const std::regex grant("GRANT ([^;]*?) TO [^;]*\"r\";");
  for (auto match = std::sregex_iterator(text.begin(), text.end(), grant);
       match != std::sregex_iterator(); ++match) {
    const std::string rights = (*match)[1];
    EXPECT_TRUE(rights.starts_with("USAGE ON SCHEMA ") || rights.starts_with("SELECT ON "))
        << rights;
    EXPECT_THAT(rights, Not(HasSubstr("ALL TABLES IN SCHEMA voucher_store")));
  }
  EXPECT_GE(count(text, "TO \"r\";"), 3);
}

TEST(SetupSql, QuotesNamesFromOutside) {
  const std::string text =
      sql_of({"the \"owner\"", "it's-loader", "r"}, {dataset_in("Kunden \"Süd\"")});
  EXPECT_THAT(text, AllOf(HasSubstr(R"(CREATE ROLE "the ""owner""" NOLOGIN)"),
                          HasSubstr("rolname = 'it''s-loader'"),
                          HasSubstr(R"(CREATE SCHEMA IF NOT EXISTS "Kunden ""Süd""")"),
                          Not(HasSubstr("'it's")), Not(HasSubstr("ON SCHEMA Kunden"))));
}

TEST(SetupSql, NamesASchemaOfSeveralDatasetsOnce) {
  Dataset other = dataset_in("customer");
  other.dataset = "refund";
  other.warehouse.table = "refunds";
  const std::string text = sql_of({}, {dataset_in("customer"), other, dataset_in("energy")});
  EXPECT_EQ(count(text, "CREATE SCHEMA IF NOT EXISTS \"customer\""), 1);
  EXPECT_EQ(count(text, "CREATE SCHEMA IF NOT EXISTS \"energy\""), 1);
  EXPECT_THAT(text, HasSubstr(R"(to_regclass('"customer"."refunds"'))"));
}

}  // namespace
}  // namespace voucher::postgresql
