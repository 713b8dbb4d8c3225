#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/files.h"
#include "cli/commands/entries.h"

namespace voucher {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kProjectFile =
    "# Flag defaults of this project, one a line, e.g.:\n"
    "# warehouse: duckdb:data/warehouse\n"
    "# memory-limit: 4GB\n";

/// Copies the installed sample definition; nothing that exists is overwritten.
class InitCommand final : public Command {
 public:
  void declare(Flags& flags) override {
    flags.add_argument("folder", folder_, "Folder of the new project; made where missing");
  }

  Result<ExitCode> execute(Session& session) override {
    if (folder_.empty())
      return fail(ErrorKind::kUsage, "init needs a folder: voucher init my-project");
    const fs::path target(folder_);
    if (fs::exists(target / "voucher.yaml") || fs::exists(target / "domains")) {
      return fail(ErrorKind::kRefused, "{} is a project already: nothing was changed",
                  fs::absolute(target).string());
    }
    const fs::path source = TRY(Session::installed_definitions()) / "customer";
    TRY(create_folder(target / "domains" / "customer"));
    for (const char* name : {"voucher.yaml", "voucher.sample.yaml"}) {
      const std::string text = TRY(read_file(source / name));
      TRY(replace_file(target / "domains" / "customer" / name, text));
    }
    TRY(replace_file(target / "voucher.yaml", kProjectFile));
    session.print(
        {{"project", fs::absolute(target).lexically_normal().string()}},
        fmt::format("made {0}/voucher.yaml and {0}/domains/customer/voucher.yaml; next:\n\n"
                    "  cd {0}\n"
                    "  voucher check\n"
                    "  voucher generate --rows 100000 --out data/raw/sample.parquet\n"
                    "  voucher run --input data/raw/sample.parquet\n"
                    "  voucher serve\n",
                    folder_));
    return ExitCode::kDone;
  }

 private:
  std::string folder_;
};

}  // namespace

std::unique_ptr<Command> make_init_command() {
  return std::make_unique<InitCommand>();
}

}  // namespace voucher
