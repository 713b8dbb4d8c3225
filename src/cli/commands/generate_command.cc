#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/commands/entries.h"
#include "cli/report.h"
#include "sample/generate.h"

namespace voucher {
namespace {

using nlohmann::ordered_json;

class GenerateCommand final : public Command {
 public:
  void declare(Flags& flags) override {
    flags.add("--rows,-n", rows_, "Rows to make");
    flags.add("--seed", seed_, "Same seed, same bytes");
    flags.add("--out,-o", out_, "File to write: .parquet, .csv, .json or .ndjson");
  }

  Result<ExitCode> execute(Session& session) override {
    if (out_.empty())
      return fail(ErrorKind::kUsage,
                  "generate needs --out: a .parquet, .csv, .json or .ndjson file");
    const DefinitionFile file = TRY(session.definition_file());
    const Dataset dataset = TRY(load_definition(file));
    const Shape shape = TRY(load_shape(sample_path(file), dataset));
    const GenerateReport report = TRY(generate(shape, rows_, seed_, out_, session.control()));
    ordered_json dirt = ordered_json::object();
    std::string text =
        fmt::format("{}: {} rows, {} bytes, {:.2f} s\n", report.path.string(),
                    with_thousands(report.rows), with_thousands(report.bytes), report.seconds);
    for (const DirtCount& count : report.dirt) {
      dirt[count.name] = count.rows;
      text += fmt::format("  {:<44}{:>12}\n", count.name, with_thousands(count.rows));
    }
    session.print({{"path", report.path.string()},
                   {"rows", report.rows},
                   {"bytes", report.bytes},
                   {"sha256", report.sha256},
                   {"dirt", std::move(dirt)},
                   {"seconds", report.seconds}},
                  text);
    return ExitCode::kDone;
  }

 private:
  std::int64_t rows_ = 300'000;
  std::uint64_t seed_ = 1;
  std::string out_;
};

}  // namespace

std::unique_ptr<Command> make_generate_command() {
  return std::make_unique<GenerateCommand>();
}

}  // namespace voucher
