#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

#include "base/suggest.h"
#include "cli/commands/entries.h"
#include "sql/duckdb_dialect.h"
#include "stages/transform_stages.h"

namespace voucher {
namespace {

using nlohmann::ordered_json;

class SqlCommand final : public Command {
 public:
  void declare(Flags& flags) override {
    flags.add("--dialect", dialect_, "duckdb");
    flags.add("--stage", stage_, "One stage only");
  }

  Result<ExitCode> execute(Session& session) override {
    if (dialect_ != "duckdb")
      return fail(ErrorKind::kUsage, "--dialect is duckdb, not '{}'", dialect_);
    const Dataset dataset = TRY(session.dataset());
    std::string text;
    std::vector<std::string> names;
    ordered_json document = ordered_json::array();
    for (const Stage& stage : explain_transform(dataset, sql::DuckdbDialect())) {
      names.push_back(stage.name);
      if (!stage_.empty() && stage_ != stage.name) continue;
      document.push_back({{"name", stage.name}, {"purpose", stage.purpose}, {"sql", stage.sql}});
      text += fmt::format("{}-- {}: {}\n{};\n", text.empty() ? "" : "\n", stage.name, stage.purpose,
                          stage.sql);
    }
    if (document.empty()) {
      return fail(ErrorKind::kUsage, "no stage '{}'{}: there are {}", stage_,
                  did_you_mean(stage_, names), fmt::join(names, ", "));
    }
    session.print(document, text);
    return ExitCode::kDone;
  }

 private:
  std::string dialect_ = "duckdb";
  std::string stage_;
};

}  // namespace

std::unique_ptr<Command> make_sql_command() {
  return std::make_unique<SqlCommand>();
}

}  // namespace voucher
