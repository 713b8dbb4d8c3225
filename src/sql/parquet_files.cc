#include "sql/parquet_files.h"

#include <fmt/format.h>

#include "base/check.h"
#include "sql/quote.h"

namespace voucher::sql {
namespace {

/// read_parquet() takes a path for a pattern; a character class of one character is that character.
std::string literal_pattern(const std::filesystem::path& path) {
  std::string pattern;
  for (const char c : path.string()) {
    if (c == '*' || c == '?' || c == '[') {
      pattern += {'[', c, ']'};
    } else {
      pattern += c;
    }
  }
  return pattern;
}

}  // namespace

std::string parquet_files_sql(const std::vector<std::filesystem::path>& files) {
  std::vector<std::string> literals;
  for (const std::filesystem::path& file : files)
    literals.push_back(quote_literal(literal_pattern(file)));
  return fmt::format("read_parquet([{}], hive_partitioning = false)", fmt::join(literals, ", "));
}

}  // namespace voucher::sql
