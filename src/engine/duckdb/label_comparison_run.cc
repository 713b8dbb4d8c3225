#include "engine/duckdb/label_comparison_run.h"

#include <algorithm>
#include <chrono>
#include <set>

#include "engine/duckdb/connection.h"
#include "engine/duckdb/spill_folder.h"
#include "sql/label_comparison.h"
#include "sql/parquet_files.h"

namespace voucher::duckdb {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kStage = "compare";

/// Whether rows of one file have the same group and labels under both.
bool label_alike(const Dataset& one, const Dataset& other) {
  return one.source == other.source && one.variants == other.variants &&
         one.decision.group_by == other.decision.group_by;
}

/// The files of both tables: those of one alone, and those of both.
struct Files {
  std::vector<fs::path> before;
  std::vector<fs::path> after;
  std::vector<fs::path> both;
};

Files split_files(const LabelledTable& before, const LabelledTable& after) {
  if (!label_alike(before.dataset, after.dataset)) return {before.files, after.files, {}};
  const std::set<fs::path> ours(before.files.begin(), before.files.end());
  const std::set<fs::path> theirs(after.files.begin(), after.files.end());
  Files files;
  for (const fs::path& file : ours)
    (theirs.contains(file) ? files.both : files.before).push_back(file);
  std::ranges::copy_if(theirs, std::back_inserter(files.after),
                       [&](const fs::path& file) { return !ours.contains(file); });
  return files;
}

sql::LabelledScan scan_of(const Dataset& dataset, const std::vector<fs::path>& files) {
  return {dataset, files.empty() ? std::string() : sql::parquet_files_sql(files)};
}

std::optional<RowPlace> place_of(const RowView& row, std::size_t present, std::size_t group) {
  if (!row.boolean(present)) return std::nullopt;
  RowPlace place{std::string(row.text(group)), {}};
  if (const auto label = row.text_or_null(group + 1)) place.label = *label;
  return place;
}

Result<std::vector<LabelMove>> read_moves(Connection& connection, const std::string& sql,
                                          const Watch& watch) {
  auto result = TRY(connection.query(sql, {}, watch));
  std::vector<LabelMove> moves;
  TRY(result.for_each_row([&](const RowView& row) -> Result<> {
    LabelMove move;
    if (const auto variant = row.text_or_null(0)) move.variant = *variant;
    move.before = place_of(row, 1, 2);
    move.after = place_of(row, 4, 5);
    move.rows = row.integer(7);
    moves.push_back(std::move(move));
    return {};
  }));
  return moves;
}

/// Whether rows of either table have no partner of their place.
Result<bool> some_are_left(Connection& connection, const std::string& sql, const Watch& watch) {
  auto result = TRY(connection.query(sql, {}, watch));
  bool left = false;
  TRY(result.for_each_row([&](const RowView& row) -> Result<> {
    left = row.integer(0) != row.integer(2) || row.integer(1) != row.integer(2);
    return {};
  }));
  return left;
}

}  // namespace

Result<std::vector<LabelMove>> run_label_comparison(const DuckdbOptions& options,
                                                    const LabelledTable& before,
                                                    const LabelledTable& after,
                                                    const fs::path& scratch,
                                                    const JobControl& control) {
  const auto begin = std::chrono::steady_clock::now();
  const SpillFolder spill(options.spill_directory.empty() ? scratch : options.spill_directory);
  const Database database =
      TRY(Database::open({.threads = options.threads,
                          .memory_limit_bytes = options.memory_limit_bytes,
                          .temp_directory = spill.path(),
                          .settings = {{"preserve_insertion_order", "false"}}}));
  Connection connection = TRY(database.connect());
  const Watch watch{&control, kStage};
  const Files files = split_files(before, after);
  const sql::LabelComparison statements = sql::compare_labels_sql(
      scan_of(before.dataset, files.before), scan_of(after.dataset, files.after));
  TRY(connection.execute(statements.prepare));
  TRY(connection.execute(statements.pair_by_place, {}, watch));
  if (TRY(some_are_left(connection, statements.count, watch)))
    TRY(connection.execute(statements.pair_by_values, {}, watch));
  if (!files.both.empty())
    TRY(connection.execute(sql::note_unchanged_sql(scan_of(after.dataset, files.both)), {}, watch));
  auto moves = TRY(read_moves(connection, statements.summarise, watch));
  control.report({kStage, 1.0, 0, true,
                  std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count()});
  return moves;
}

}  // namespace voucher::duckdb
