#include "engine/duckdb/memory_budget.h"

#include <array>
#include <charconv>
#include <string_view>

namespace voucher::duckdb {
namespace {

constexpr std::array<std::pair<std::string_view, double>, 6> kUnits{{
    {"bytes", 1.0},
    {"KiB", 1024.0},
    {"MiB", 1024.0 * 1024},
    {"GiB", 1024.0 * 1024 * 1024},
    {"TiB", 1024.0 * 1024 * 1024 * 1024},
    {"PiB", 1024.0 * 1024 * 1024 * 1024 * 1024},
}};

}  // namespace

Result<std::int64_t> memory_limit_of(Connection& connection) {
  QueryResult result = TRY(connection.query("SELECT current_setting('memory_limit')"));
  const std::optional<Chunk> chunk = TRY(result.next());
  const std::string_view text = chunk ? chunk->column(0).text(0) : "";
  double number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  for (const auto& [name, factor] : kUnits) {
    if (failure == std::errc() && unit == fmt::format(" {}", name)) {
      return static_cast<std::int64_t>(number * factor);
    }
  }
  return fail(ErrorKind::kInternal, "DuckDB's memory limit is not understood: '{}'", text);
}

}  // namespace voucher::duckdb
