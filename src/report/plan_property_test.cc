// A plan holds its word: for random dirty files and random changes of a definition, the snapshot
// that it names is the one that the run makes, and the rows that it moves are those that a naive
// transform of the files labels differently.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "base/hash.h"
#include "decision/sample_dataset.h"
#include "engine/duckdb/duckdb_engine.h"
#include "engine/oracle/dirty_rows.h"
#include "engine/oracle/naive_transform.h"
#include "pipeline/run.h"
#include "report/plan_report.h"
#include "warehouse/embedded/embedded_warehouse.h"

namespace voucher {
namespace {

namespace fs = std::filesystem;
using oracle::TextRow;

Dataset first_dataset() {
  Dataset dataset = voucher_dataset();
  dataset.source.format = SourceFormat::kCsv;
  dataset.clean.max_rejected_share = 1;
  dataset.warehouse = {
      "customer", "t", {{"frequency_segment", "f_view"}, {"recency_segment", "r_view"}}, 30};
  return dataset;
}

void change_segments(Dataset& dataset) {
  const std::int64_t first = *rc::gen::inRange<std::int64_t>(0, 6);
  const std::int64_t second = first + *rc::gen::inRange<std::int64_t>(1, 12);
  dataset.variants[0].segments = {{*rc::gen::element<std::string>("0-4", "few"), {0, first}},
                                  {"5-13", {first + 1, second}}};
  if (*rc::gen::inRange(0, 2) == 0) return;
  auto& recency = dataset.variants[1].segments;
  recency.erase(recency.begin() + 2);
  recency[1] = {"61-120", {61, 120}};
}

void change_rules(Dataset& dataset) {
  if (*rc::gen::inRange(0, 2) == 0) {
    dataset.clean.rules.pop_back();
  } else {
    dataset.clean.rules.push_back(
        {"few_orders", ColumnComparison{4, Comparison::kLessEqual,
                                        Literal(*rc::gen::inRange<std::int64_t>(0, 20))}});
  }
}

Dataset changed_dataset(Dataset dataset) {
  if (*rc::gen::inRange(0, 3) != 0) change_segments(dataset);
  if (*rc::gen::inRange(0, 3) == 0) change_rules(dataset);
  if (*rc::gen::inRange(0, 5) == 0) {
    dataset.clean.deduplicate = dataset.clean.deduplicate == Deduplicate::kNone
                                    ? Deduplicate::kAllColumns
                                    : Deduplicate::kNone;
  }
  if (*rc::gen::inRange(0, 4) == 0) dataset.decision.choose.min_support = 2;
  if (*rc::gen::inRange(0, 4) == 0) dataset.decision.fallback_to_group = false;
  return dataset;
}

/// Files of random rows, and a warehouse, in a folder of their own.
class Site {
 public:
  Site() {
    static int count = 0;
    root_ = fs::weakly_canonical(fs::temp_directory_path()) /
            fmt::format("voucher_plan_{}_{}", ::getpid(), ++count);
    fs::create_directories(root_);
    warehouse_ = make_embedded_warehouse(root_ / "warehouse", clock_);
  }
  ~Site() { fs::remove_all(root_); }
  Site(const Site&) = delete;
  Site& operator=(const Site&) = delete;

  void add_file(const Dataset& dataset) {
    const std::vector<oracle::Storage> storage(dataset.source.columns.size(),
                                               oracle::Storage::kText);
    const oracle::DirtyRows dirty(dataset);
    // A run without any valid row is refused: the first file has one.
    oracle::RawTable table;
    if (files_.empty())
      table.rows.push_back({"2018-07-10", "Peru", "2018-05-03", "2017-05-03", "1", "100"});
    const int rows = *rc::gen::inRange(10, 60);
    for (int i = 0; i < rows; ++i) {
      const bool copy = !rows_.empty() && *rc::gen::inRange(0, 5) == 0;
      table.rows.push_back(copy ? *rc::gen::elementOf(rows_) : dirty.row(storage));
      for (oracle::Cell& cell : table.rows.back())
        if (std::holds_alternative<std::monostate>(cell)) cell = std::string();
      rows_.push_back(table.rows.back());
    }
    // Equal content would count once, which is another test's matter.
    for (const auto& [path, earlier] : files_) RC_PRE(earlier != table.rows);
    const fs::path path = root_ / fmt::format("{}.csv", files_.size());
    oracle::write_csv(path, dataset, table, "\n");
    files_.emplace_back(path.string(), table.rows);
  }

  [[nodiscard]] RunRequest request(const Dataset& dataset) const {
    RunRequest request;
    request.dataset = dataset;
    for (const auto& [path, rows] : files_) request.inputs.push_back(path);
    request.run_id = "r";
    request.by = "me@here";
    return request;
  }
  Result<RunOutcome> run(const Dataset& dataset) {
    return run_pipeline(request(dataset), *engine_, *warehouse_, {});
  }
  Result<PlannedChange> plan(const Dataset& dataset) {
    return plan_run(request(dataset), *engine_, *warehouse_, {});
  }

  /// All processed rows of the files so far: values, then labels, source_file and source_row.
  [[nodiscard]] std::vector<TextRow> processed(const Dataset& dataset) const {
    oracle::NaiveTransform naive(dataset);
    for (const auto& [path, rows] : files_) naive.add(path, rows);
    return naive.outcome().processed;
  }

 private:
  fs::path root_;
  FixedClock clock_{midnight(to_day({2026, 1, 1}))};
  std::unique_ptr<Warehouse> warehouse_;
  std::unique_ptr<Engine> engine_ = make_duckdb_engine({});
  std::vector<std::pair<std::string, std::vector<oracle::RawRow>>> files_;
  std::vector<oracle::RawRow> rows_;
};

using Labels = std::vector<std::optional<std::string>>;

/// Equal rows: their number and their labels, which follow from the values.
struct Copies {
  std::int64_t before = 0;
  std::int64_t after = 0;
  Labels labels_before;
  Labels labels_after;
};

using MoveKey =
    std::tuple<std::optional<std::string>, std::optional<RowPlace>, std::optional<RowPlace>>;
using Moves = std::map<MoveKey, std::int64_t>;

std::map<TextRow, Copies> count_copies(const Dataset& dataset, const std::vector<TextRow>& before,
                                       const std::vector<TextRow>& after) {
  const auto columns = static_cast<std::ptrdiff_t>(dataset.source.columns.size());
  const auto labels = static_cast<std::ptrdiff_t>(dataset.variants.size());
  std::map<TextRow, Copies> copies;
  for (const TextRow& row : before) {
    Copies& found = copies[TextRow(row.begin(), row.begin() + columns)];
    ++found.before;
    found.labels_before.assign(row.begin() + columns, row.begin() + columns + labels);
  }
  for (const TextRow& row : after) {
    Copies& found = copies[TextRow(row.begin(), row.begin() + columns)];
    ++found.after;
    found.labels_after.assign(row.begin() + columns, row.begin() + columns + labels);
  }
  return copies;
}

Moves expected_moves(const Dataset& dataset, const std::vector<TextRow>& before,
                     const std::vector<TextRow>& after) {
  Moves moves;
  for (const auto& [values, copies] : count_copies(dataset, before, after)) {
    const std::string group = fold_ascii(*values[dataset.decision.group_by]);
    const auto note = [&](bool old_state, bool new_state, std::int64_t rows) {
      if (rows == 0) return;
      const auto place = [&](bool present, const std::optional<std::string>& label) {
        return present ? std::optional(RowPlace{group, label}) : std::nullopt;
      };
      moves[{std::nullopt, place(old_state, {}), place(new_state, {})}] += rows;
      for (VariantIndex v = 0; v < dataset.variants.size(); ++v) {
        moves[{dataset.variants[v].name,
               place(old_state, old_state ? copies.labels_before[v] : std::nullopt),
               place(new_state, new_state ? copies.labels_after[v] : std::nullopt)}] += rows;
      }
    };
    const std::int64_t kept = std::min(copies.before, copies.after);
    note(true, true, kept);
    note(true, false, copies.before - kept);
    note(false, true, copies.after - kept);
  }
  return moves;
}

Moves added_up(const std::vector<LabelMove>& moves) {
  Moves sums;
  for (const LabelMove& move : moves) sums[{move.variant, move.before, move.after}] += move.rows;
  return sums;
}

RC_GTEST_PROP(PlanProperty, SaysWhatTheRunThenDoes, ()) {
  Site site;
  const Dataset first = first_dataset();
  site.add_file(first);
  RC_ASSERT(site.run(first).has_value());
  const std::vector<TextRow> before = site.processed(first);
  const Dataset second = changed_dataset(first);
  if (*rc::gen::inRange(0, 2) == 0) site.add_file(second);

  const auto planned = site.plan(second);
  const auto run = site.run(second);
  RC_ASSERT(planned.has_value() == run.has_value());
  if (!run) {
    RC_ASSERT(planned.error().kind == run.error().kind);
    return;
  }
  RC_ASSERT(sha256_hex(to_canonical_json(planned->after)) == run->manifest.snapshot);
  RC_ASSERT(planned->after.rows == run->manifest.rows);
  RC_ASSERT(compare_states(*planned).changes() == run->published);
  RC_ASSERT(added_up(planned->moves) == expected_moves(second, before, site.processed(second)));
}

}  // namespace
}  // namespace voucher
