#include "engine/duckdb/rewrite_run.h"

#include "base/check.h"
#include "engine/duckdb/connection.h"
#include "engine/duckdb/label_counts.h"
#include "engine/duckdb/spill_folder.h"
#include "sql/duckdb_dialect.h"
#include "stages/rewrite_stages.h"

namespace voucher::duckdb {
namespace {

namespace fs = std::filesystem;

/// Rows need not keep their order: so files of any size are written by all threads.
Result<Connection> open_workspace(const DuckdbOptions& options, const fs::path& spill_folder) {
  const Database database =
      TRY(Database::open({.threads = options.threads,
                          .memory_limit_bytes = options.memory_limit_bytes,
                          .temp_directory = spill_folder,
                          .settings = {{"preserve_insertion_order", "false"}}}));
  return database.connect();
}

fs::path spill_parent(const DuckdbOptions& options, const fs::path& out) {
  return options.spill_directory.empty() ? out.parent_path() : options.spill_directory;
}

std::vector<std::string> texts_of(const std::vector<fs::path>& paths) {
  std::vector<std::string> texts;
  for (const fs::path& path : paths) texts.push_back(path.string());
  return texts;
}

/// Gives the rows written.
Result<std::int64_t> run_stage(Connection& connection, const Stage& stage,
                               const JobControl& control) {
  auto written = connection.execute(stage.sql, {}, {&control, stage.name});
  if (written) return *written;
  return std::unexpected(with_context(std::move(written).error(), "cannot write stored rows anew"));
}

}  // namespace

Result<RelabelOutcome> run_relabel(const DuckdbOptions& options, const RelabelRequest& request,
                                   const JobControl& control) {
  CHECK(!request.files.empty());
  const SpillFolder spill(spill_parent(options, request.out));
  Connection connection = TRY(open_workspace(options, spill.path()));
  const Stage stage = relabel_stage(request.dataset, texts_of(request.files), request.out.string(),
                                    sql::duckdb_dialect());
  RelabelOutcome outcome;
  outcome.rows = TRY(run_stage(connection, stage, control));
  outcome.history = TRY(count_labels(connection, request.dataset, {request.out}));
  return outcome;
}

Result<> run_concatenate(const DuckdbOptions& options, const std::vector<fs::path>& files,
                         const fs::path& out, const JobControl& control) {
  CHECK(!files.empty());
  const SpillFolder spill(spill_parent(options, out));
  Connection connection = TRY(open_workspace(options, spill.path()));
  TRY(run_stage(connection, concatenate_stage(texts_of(files), out.string(), sql::duckdb_dialect()),
                control));
  return {};
}

}  // namespace voucher::duckdb
