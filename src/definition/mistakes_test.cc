// Every mistake of tests/golden/definitions/mistakes.txt, with its exact place and text.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "base/files.h"
#include "definition/load.h"

namespace voucher {
namespace {

const std::string kGoldenPath = VOUCHER_SOURCE_DIR "/tests/golden/definitions/mistakes.txt";

std::string customer_definition() {
  return read_file(VOUCHER_SOURCE_DIR "/domains/customer/voucher.yaml").value();
}

struct Edit {
  std::string before;
  std::string after;
};

struct Case {
  std::string name;
  std::vector<Edit> edits;
  std::vector<std::string> mistakes;
};

void add_line(std::string& text, bool& begun, const std::string& line) {
  text += (begun ? "\n" : "") + line;
  begun = true;
}

std::vector<Case> read_cases(std::istream& file) {
  std::vector<Case> cases;
  char previous = ' ';
  bool before_begun = false;
  bool after_begun = false;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.starts_with('#')) continue;
    const char kind = line.front();
    if (kind == '=') {
      cases.push_back({line.substr(4), {}, {}});
    } else if (kind == '-') {
      if (previous != '-') {
        cases.back().edits.emplace_back();
        before_begun = after_begun = false;
      }
      add_line(cases.back().edits.back().before, before_begun, line.substr(1));
    } else if (kind == '+') {
      add_line(cases.back().edits.back().after, after_begun, line.substr(1));
    } else if (kind == '>') {
      cases.back().mistakes.push_back(line.substr(2));
    }
    previous = kind;
  }
  return cases;
}

std::string edited(const Case& golden) {
  std::string text = customer_definition();
  for (const auto& [before, after] : golden.edits) {
    const auto at = text.find(before);
    EXPECT_NE(at, std::string::npos) << golden.name << ": no such text: " << before;
    if (at != std::string::npos) text.replace(at, before.size(), after);
  }
  return text;
}

/// Without the file's name.
std::vector<std::string> mistakes_of(const std::string& text) {
  const auto dataset = parse_definition(text, "f");
  if (dataset) return {};
  std::vector<std::string> mistakes;
  for (const std::string& line : dataset.error().details) mistakes.push_back(line.substr(2));
  return mistakes;
}

void refresh() {
  std::ifstream before(kGoldenPath);
  std::stringstream kept;
  for (std::string line; std::getline(before, line);) {
    if (!line.starts_with('>')) kept << line << '\n';
  }
  const auto cases = read_cases(kept);
  kept.clear();
  kept.seekg(0);
  std::ofstream after(kGoldenPath);
  std::size_t next = 0;
  std::string previous;
  for (std::string line; std::getline(kept, line); previous = line) {
    const bool ends_case = line.empty() && (previous.starts_with('+') || previous.starts_with('-'));
    if (ends_case) {
      for (const auto& mistake : mistakes_of(edited(cases[next++])))
        after << "> " << mistake << '\n';
    }
    after << line << '\n';
  }
  while (next < cases.size()) {
    for (const auto& mistake : mistakes_of(edited(cases[next++]))) after << "> " << mistake << '\n';
  }
}

TEST(MistakesTest, EachIsFoundInItsPlace) {
  if (std::getenv("VOUCHER_UPDATE_GOLDEN") != nullptr) refresh();
  std::ifstream file(kGoldenPath);
  const auto cases = read_cases(file);
  ASSERT_GT(cases.size(), 100U);
  for (const Case& golden : cases) {
    EXPECT_FALSE(golden.mistakes.empty()) << golden.name;
    EXPECT_THAT(mistakes_of(edited(golden)), testing::ElementsAreArray(golden.mistakes))
        << golden.name;
  }
}

}  // namespace
}  // namespace voucher
