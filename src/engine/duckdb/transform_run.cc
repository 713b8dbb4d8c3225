#include "engine/duckdb/transform_run.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <numeric>

#include "base/files.h"
#include "engine/duckdb/connection.h"
#include "engine/duckdb/kernels.h"
#include "engine/duckdb/memory_budget.h"
#include "engine/duckdb/row_functions.h"
#include "engine/duckdb/row_ledger.h"
#include "engine/duckdb/source_probe.h"
#include "engine/duckdb/spill_folder.h"
#include "engine/duckdb/text_source.h"
#include "sql/duckdb_dialect.h"
#include "stages/transform_stages.h"

namespace voucher::duckdb {
namespace {

namespace fs = std::filesystem;
using SteadyClock = std::chrono::steady_clock;

Result<Database> open_database(const DuckdbOptions& options, const fs::path& spill_folder) {
  return Database::open({.threads = options.threads,
                         .memory_limit_bytes = options.memory_limit_bytes,
                         .temp_directory = spill_folder,
                         .settings = {{"preserve_insertion_order", "false"},
                                      {"enable_external_file_cache", "false"},
                                      {"disabled_optimizers", "filter_pushdown"}}});
}

std::vector<SourceFile> sorted_by_path(std::vector<SourceFile> files) {
  std::ranges::sort(files, {}, [](const SourceFile& file) { return file.path.string(); });
  return files;
}

/// Where each file position's rows begin when files follow each other by path.
FirstRows first_rows_of(const ProbedSource& source) {
  std::vector<std::uint64_t> by_file(source.rows.size(), 0);
  for (std::size_t i = 1; i < by_file.size(); ++i) {
    by_file[i] = by_file[i - 1] + static_cast<std::uint64_t>(source.rows[i - 1]);
  }
  FirstRows by_position;
  for (const std::size_t file : source.file_of_position) by_position.push_back(by_file[file]);
  return by_position;
}

/// Runs the stages of one request on one connection.
class TransformRun {
 public:
  TransformRun(const TransformSettings& settings, const TransformRequest& request,
               const JobControl& control, Connection connection)
      : request_(request),
        control_(control),
        dialect_(settings.row_hash),
        index_bytes_(settings.index_bytes),
        block_limits_(settings.block_limits),
        text_(request.dataset),
        connection_(std::move(connection)),
        files_(sorted_by_path(request.files)) {}

  Result<TransformOutcome> run() {
    TRY(probe());
    TRY(prepare());
    auto done = run_stages();
    if (!done) return std::unexpected(explain(std::move(done).error()));
    return outcome();
  }

 private:
  Result<> probe() {
    const auto begin = SteadyClock::now();
    TRY(check_readable(files_));
    if (is_text()) {
      source_ = TRY(text_.probe(files_, block_limits_, control_));
      TRY(text_.register_functions(connection_));
    } else {
      source_ = TRY(probe_parquet(connection_, request_.dataset, files_));
    }
    raw_rows_ = std::accumulate(source_.rows.begin(), source_.rows.end(), std::int64_t{0});
    if (static_cast<std::uint64_t>(raw_rows_) > kMaxRows) {
      return fail(ErrorKind::kRefused, "the files hold {} rows; a run takes at most {}: split it",
                  raw_rows_, kMaxRows);
    }
    finish_stage("probe", begin, raw_rows_);
    return {};
  }

  [[nodiscard]] bool is_text() const {
    return request_.dataset.source.format != SourceFormat::kParquet;
  }

  Result<> prepare() {
    const std::int64_t limit = TRY(memory_limit_of(connection_));
    const auto rows = static_cast<std::uint64_t>(raw_rows_);
    const std::uint64_t index_bytes = std::min(
        {RowIndex::bytes_for(rows), static_cast<std::uint64_t>(limit) / kIndexShare, index_bytes_});
    TRY(connection_.execute(
        fmt::format("SET memory_limit = '{}B'", static_cast<std::uint64_t>(limit) - index_bytes)));
    ledger_ =
        std::make_unique<RowLedger>(request_.dataset, first_rows_of(source_), rows, index_bytes);
    TRY(register_kernels(connection_));
    TRY(register_row_functions(connection_, request_.dataset, *ledger_));
    const bool csv = request_.format == OutputFormat::kCsv;
    processed_ = request_.out / (csv ? "processed.csv" : "processed.parquet");
    rejected_ = request_.out / "rejected.parquet";
    stages_ = transform_stages(request_.dataset,
                               {source_.shape, processed_.string(), rejected_.string(),
                                csv ? sql::FileFormat::kCsv : sql::FileFormat::kParquet},
                               dialect_);
    return {};
  }

  Result<> run_stages() {
    const std::int64_t rejected = TRY(run_stage(stages_.reject, raw_rows_));
    TRY(expect_equal("rejected rows", ledger_->row_counts().rejected, rejected));
    for (std::uint64_t pass = 1; pass < ledger_->index_passes(); ++pass) {
      ledger_->begin_index_pass(pass);
      TRY(run_stage(stages_.index, raw_rows_));
    }
    if (!ledger_->presume_duplicates()) TRY(compare());
    TRY(process());
    if (!ledger_->presumption_held()) {
      TRY(compare());
      TRY(process());
    }
    return {};
  }

  Result<> process() {
    ledger_->begin_writing();
    const std::int64_t written = TRY(run_stage(stages_.process, raw_rows_));
    return expect_equal("processed rows", ledger_->row_counts().processed, written);
  }

  Result<> compare() {
    const auto begin = SteadyClock::now();
    ledger_->begin_compared_duplicates();
    QueryResult duplicates =
        TRY(connection_.query(stages_.compare.sql, {}, {&control_, stages_.compare.name}));
    std::vector<std::pair<std::int64_t, std::int64_t>> rows;
    std::int64_t count = 0;
    TRY(duplicates.for_each_row([&](RowView row) -> Result<> {
      ledger_->add_duplicate(static_cast<std::uint64_t>(row.integer(0)), row.integer(1));
      ++count;
      return {};
    }));
    finish_stage(stages_.compare.name, begin, count);
    return {};
  }

  /// Gives the rows that the statement wrote.
  Result<std::int64_t> run_stage(const Stage& stage, std::int64_t rows_expected) {
    const auto begin = SteadyClock::now();
    Watch watch{&control_, stage.name, [this] { return ledger_->rows_passed(); }, rows_expected};
    const std::int64_t changed = TRY(connection_.execute(stage.sql, {}, watch));
    finish_stage(stage.name, begin, rows_expected);
    return changed;
  }

  void finish_stage(const std::string& name, SteadyClock::time_point begin, std::int64_t rows) {
    const double seconds = std::chrono::duration<double>(SteadyClock::now() - begin).count();
    times_.push_back({name, seconds, rows});
    control_.report({name, 1.0, rows, true, seconds});
  }

  static Result<> expect_equal(std::string_view what, std::int64_t counted, std::int64_t written) {
    if (counted == written) return {};
    return fail(ErrorKind::kInternal, "{} do not add up: {} counted, {} written", what, counted,
                written);
  }

  /// An error of a stage tells little of the file behind it: whoever is damaged is looked for.
  Error explain(Error error) {
    if (error.kind == ErrorKind::kInterrupted || error.kind == ErrorKind::kUnavailable) {
      return error;
    }
    auto mistakes =
        is_text() ? text_.find_mistakes(control_) : find_damage(connection_, files_, control_);
    if (!mistakes) return std::move(mistakes).error();
    return mistakes->empty() ? error : refuse(std::move(*mistakes));
  }

  Result<TransformOutcome> outcome() {
    TransformOutcome outcome;
    outcome.rows = ledger_->row_counts();
    if (!outcome.rows.balanced() || outcome.rows.raw != raw_rows_) {
      return fail(ErrorKind::kInternal,
                  "the rows do not add up: the files hold {}, {} were read, of which {} processed, "
                  "{} rejected, {} duplicates",
                  raw_rows_, outcome.rows.raw, outcome.rows.processed, outcome.rows.rejected,
                  outcome.rows.duplicates);
    }
    for (std::size_t i = 0; i < files_.size(); ++i) files_[i].rows = source_.rows[i];
    outcome.files = std::move(files_);
    outcome.unknown_columns = is_text() ? text_.unknown_keys() : std::move(source_.unknown_columns);
    outcome.history = ledger_->history();
    outcome.time_ranges = ledger_->time_ranges();
    outcome.processed = processed_;
    outcome.rejected = rejected_;
    outcome.stages = std::move(times_);
    return outcome;
  }

  static constexpr std::uint64_t kIndexShare = 3;  ///< of the memory, at most, for hashes

  const TransformRequest& request_;
  const JobControl& control_;
  sql::DuckdbDialect dialect_;
  std::uint64_t index_bytes_;
  text::BlockLimits block_limits_;
  // What DuckDB's threads use outlives the connection: they end with it.
  TextSource text_;
  std::unique_ptr<RowLedger> ledger_;
  Connection connection_;
  std::vector<SourceFile> files_;
  ProbedSource source_;
  std::int64_t raw_rows_ = 0;
  TransformStages stages_;
  fs::path processed_;
  fs::path rejected_;
  std::vector<StageTime> times_;
};

}  // namespace

Result<TransformOutcome> run_transform(const TransformSettings& settings,
                                       const TransformRequest& request, const JobControl& control) {
  const SpillFolder spill(
      settings.options.spill_directory.empty() ? request.out : settings.options.spill_directory);
  const Database database = TRY(open_database(settings.options, spill.path()));
  Connection connection = TRY(database.connect());
  return TransformRun(settings, request, control, std::move(connection)).run();
}

}  // namespace voucher::duckdb
