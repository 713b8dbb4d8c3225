#include "definition/project.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/files.h"

namespace voucher {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

class ProjectTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::canonical(fs::temp_directory_path()) /
              ("voucher_project_" + std::to_string(::getpid()) + "_" + test->name());
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  void write(const std::string& path, const std::string& text) const {
    fs::create_directories((folder_ / path).parent_path());
    ASSERT_TRUE(replace_file(folder_ / path, text).has_value());
  }

  [[nodiscard]] Result<Project> find(const std::string& start,
                                     const fs::path& installed = {}) const {
    return find_project(folder_ / start, installed, {});
  }

  fs::path folder_;
};

std::vector<std::string> ids(const Project& project) {
  std::vector<std::string> found;
  for (const DefinitionFile& file : project.definitions) found.push_back(file.id());
  return found;
}

Project project_of(const std::vector<std::pair<std::string, std::string>>& names) {
  Project project;
  project.root = "/p";
  for (const auto& [domain, dataset] : names) project.definitions.push_back({domain, dataset, {}});
  return project;
}

TEST_F(ProjectTest, IsTheNearestFolderUpwards) {
  write("a/domains/x/y.yaml", "");
  write("a/b/voucher.yaml", "");
  fs::create_directories(folder_ / "a/b/c/d");
  fs::create_directories(folder_ / "a/e/f");
  EXPECT_EQ(find("a/b/c/d")->root, folder_ / "a/b");
  EXPECT_EQ(find("a/b/")->root, folder_ / "a/b");
  EXPECT_EQ(find("a/e/f")->root, folder_ / "a");
  EXPECT_EQ(find("a/e/../e/./f")->root, folder_ / "a");
}

TEST_F(ProjectTest, FallsBackToInstalledDefinitions) {
  write("installed/domains/x/y.yaml", "");
  fs::create_directories(folder_ / "empty");
  const auto project = find("empty", folder_ / "installed");
  ASSERT_TRUE(project.has_value());
  EXPECT_TRUE(project->installed);
  EXPECT_THAT(ids(*project), ElementsAre("x/y"));
  const auto none = find("empty");
  ASSERT_FALSE(none.has_value());
  EXPECT_EQ(none.error().kind, ErrorKind::kRefused);
  EXPECT_THAT(none.error().message, HasSubstr("voucher init"));
}

TEST_F(ProjectTest, ListsDefinitionsInOrderWithoutSamplesAndOtherFiles) {
  write("domains/shop/coupon.yaml", "");
  write("domains/shop/coupon.sample.yaml", "");
  write("domains/energy/tariff.yaml", "");
  write("domains/energy/notes.md", "");
  write("domains/energy/.hidden.yaml", "");
  write("domains/readme.yaml", "");
  const auto project = find("");
  ASSERT_TRUE(project.has_value());
  EXPECT_THAT(ids(*project), ElementsAre("energy/tariff", "shop/coupon"));
  EXPECT_EQ(project->definitions[0].path, folder_ / "domains/energy/tariff.yaml");
  EXPECT_EQ(sample_path(project->definitions[1]), folder_ / "domains/shop/coupon.sample.yaml");
  EXPECT_FALSE(project->installed);
}

TEST_F(ProjectTest, ReadsFlagDefaults) {
  write("voucher.yaml", "warehouse: duckdb:warehouse\nthreads: 4\n");
  EXPECT_THAT(find("")->flag_defaults, ElementsAre(testing::Pair("threads", "4"),
                                                   testing::Pair("warehouse", "duckdb:warehouse")));
  const std::vector<std::string> known{"warehouse", "thread"};
  const auto unknown = open_project(folder_, known);
  ASSERT_FALSE(unknown.has_value());
  EXPECT_THAT(unknown.error().details,
              ElementsAre(HasSubstr("voucher.yaml:2:1: unknown flag 'threads' (did you mean "
                                    "'thread'?)")));
}

TEST_F(ProjectTest, OpensOnlyAProject) {
  EXPECT_EQ(open_project(folder_ / "none", {}).error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(open_project(folder_, {}).error().kind, ErrorKind::kRefused);
  write("domains/x/y.yaml", "");
  EXPECT_EQ(open_project(folder_ / "domains/..", {})->root, folder_);
}

TEST_F(ProjectTest, HoldsADefinitionToItsPlace) {
  const auto text = read_file(VOUCHER_SOURCE_DIR "/domains/customer/voucher.yaml").value();
  write("domains/customer/voucher.yaml", text);
  write("domains/customer/coupon.yaml", text);
  const auto project = find("");
  ASSERT_TRUE(project.has_value());
  EXPECT_TRUE(load_definition(project->definitions[1]).has_value());
  const auto moved = load_definition(project->definitions[0]);
  ASSERT_FALSE(moved.has_value());
  EXPECT_THAT(
      moved.error().details,
      ElementsAre(HasSubstr("domains/customer/coupon.yaml:3:10: 'dataset' is 'voucher', but "
                            "the file's place says 'coupon'")));
}

TEST(ChooseDefinitionTest, NeedsNoNameWhereThereIsOne) {
  const auto chosen = choose_definition(project_of({{"a", "b"}}), std::nullopt, std::nullopt);
  EXPECT_EQ(chosen->id(), "a/b");
}

TEST(ChooseDefinitionTest, NeedsOnlyTheNameThatDecides) {
  const auto project = project_of({{"a", "x"}, {"b", "x"}, {"b", "y"}});
  EXPECT_EQ(choose_definition(project, "a", std::nullopt)->id(), "a/x");
  EXPECT_EQ(choose_definition(project, std::nullopt, "y")->id(), "b/y");
  EXPECT_EQ(choose_definition(project, "b", "x")->id(), "b/x");
}

TEST(ChooseDefinitionTest, SaysWhatExists) {
  const auto project = project_of({{"customer", "voucher"}, {"energy", "tariff"}});
  const auto open = choose_definition(project, std::nullopt, std::nullopt);
  ASSERT_FALSE(open.has_value());
  EXPECT_EQ(open.error().kind, ErrorKind::kUsage);
  EXPECT_EQ(open.error().message,
            "which dataset? Choose one with --domain and --dataset: customer/voucher, "
            "energy/tariff");
  const auto slip = choose_definition(project, "custmer", std::nullopt);
  ASSERT_FALSE(slip.has_value());
  EXPECT_EQ(slip.error().message,
            "no domain 'custmer' (did you mean 'customer'?); there are: customer/voucher, "
            "energy/tariff");
  const auto other = choose_definition(project, "customer", "tariff");
  ASSERT_FALSE(other.has_value());
  EXPECT_EQ(other.error().message, "no dataset 'tariff'; there are: customer/voucher");
}

TEST(ChooseDefinitionTest, RefusesAnEmptyProject) {
  const auto none = choose_definition(project_of({}), std::nullopt, std::nullopt);
  ASSERT_FALSE(none.has_value());
  EXPECT_EQ(none.error().kind, ErrorKind::kRefused);
}

}  // namespace
}  // namespace voucher
