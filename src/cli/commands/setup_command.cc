#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/commands/entries.h"
#include "warehouse/postgresql/roles.h"

namespace voucher {
namespace {

using nlohmann::ordered_json;
using postgresql::RoleNames;
using postgresql::ServerAddress;

/// A name goes into the SQL between dollar quotes; PostgreSQL cuts longer names.
Result<> check_roles(const RoleNames& roles) {
  constexpr std::size_t kLongestName = 63;
  for (const std::string& role : {roles.owner, roles.loader, roles.reader}) {
    if (role.empty() || role.size() > kLongestName || role.find('$') != std::string::npos ||
        role.starts_with("pg_")) {
      return fail(ErrorKind::kUsage,
                  "'{}' is no name for a role here: up to {} bytes, without '$', not starting with "
                  "pg_",
                  role, kLongestName);
    }
  }
  if (roles.owner == roles.loader || roles.owner == roles.reader || roles.loader == roles.reader) {
    return fail(ErrorKind::kUsage, "--owner, --loader and --reader must differ: {}, {}, {}",
                roles.owner, roles.loader, roles.reader);
  }
  return {};
}

/// The dataset that -D and -d name, else all of the project.
Result<std::vector<Dataset>> chosen_datasets(const Session& session) {
  std::vector<Dataset> datasets;
  if (!session.flags().domain.empty() || !session.flags().dataset.empty()) {
    datasets.push_back(TRY(session.dataset()));
    return datasets;
  }
  const Project project = TRY(session.project());
  for (const DefinitionFile& file : project.definitions)
    datasets.push_back(TRY(load_definition(file)));
  return datasets;
}

std::string next_steps(const RoleNames& roles) {
  return fmt::format(
      "made the roles {0}, {1} and {2}, and what they need; give the two that log in a password, "
      "e.g. with psql:\n\n"
      "  \\password {1}\n"
      "  \\password {2}\n\n"
      "then run `voucher run` as {1}, and `voucher serve` as {2}\n",
      roles.owner, roles.loader, roles.reader);
}

class SetupCommand final : public Command {
 public:
  void declare(Flags& flags) override {
    flags.add("--owner", roles_.owner, "Role that owns the schemas; it never logs in");
    flags.add("--loader", roles_.loader, "Role that runs `voucher run`");
    flags.add("--reader", roles_.reader, "Role that reads the views and runs `voucher serve`");
    flags.add_switch("--dry-run", dry_run_, "Print the SQL and change nothing; needs no server");
  }

  Result<ExitCode> execute(Session& session) override {
    const std::string& warehouse = session.flags().warehouse;
    if (!ServerAddress::matches(warehouse)) {
      return fail(ErrorKind::kUsage,
                  "only PostgreSQL has roles: setup needs --warehouse postgresql://HOST/DATABASE");
    }
    const ServerAddress address = TRY(ServerAddress::parse(warehouse));
    TRY(check_roles(roles_));
    const std::vector<Dataset> datasets = TRY(chosen_datasets(session));
    if (!dry_run_) TRY(postgresql::set_up_roles(address, roles_, datasets, session.control().stop));
    print(session, datasets);
    return ExitCode::kDone;
  }

 private:
  void print(const Session& session, const std::vector<Dataset>& datasets) const {
    const std::string sql = postgresql::setup_sql(roles_, datasets);
    ordered_json names = ordered_json::array();
    for (const Dataset& dataset : datasets) names.push_back(dataset.id());
    session.print(
        {{"roles", {{"owner", roles_.owner}, {"loader", roles_.loader}, {"reader", roles_.reader}}},
         {"datasets", std::move(names)},
         {"done", !dry_run_},
         {"sql", sql}},
        dry_run_ ? sql : next_steps(roles_));
  }

  RoleNames roles_;
  bool dry_run_ = false;
};

}  // namespace

std::unique_ptr<Command> make_setup_command() {
  return std::make_unique<SetupCommand>();
}

}  // namespace voucher
