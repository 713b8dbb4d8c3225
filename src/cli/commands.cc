#include <array>

#include "cli/command.h"
#include "cli/commands/entries.h"

namespace voucher {
namespace {

constexpr std::array kCommands{
    CommandEntry{"init", "Make a new project with a sample definition", make_init_command},
    CommandEntry{"generate", "Make synthetic raw data from a sample file", make_generate_command},
    CommandEntry{"check", "Prove a definition: types, overlaps, gaps, unreachable labels",
                 make_check_command},
    CommandEntry{"setup", "Roles and schemas of a PostgreSQL warehouse", make_setup_command},
    CommandEntry{"run", "transform, load, verify and publish in one go", make_run_command},
    CommandEntry{"plan", "What a changed definition, or new data, would change", make_plan_command},
    CommandEntry{"transform", "Raw files to processed and rejected rows", make_transform_command},
    CommandEntry{"load", "Processed rows to a new, unpublished version", make_load_command},
    CommandEntry{"verify", "Send a version's rows through the deciding code", make_verify_command},
    CommandEntry{"publish", "Make a verified version live", make_publish_command},
    CommandEntry{"versions", "The history of versions", make_versions_command},
    CommandEntry{"rollback", "Make an earlier version live again", make_rollback_command},
    CommandEntry{"explain", "A decision with its evidence", make_explain_command},
    CommandEntry{"replay", "Decide again what a decision log says was decided",
                 make_replay_command},
    CommandEntry{"sql", "The SQL that a stage runs", make_sql_command},
    CommandEntry{"serve", "The HTTP API, its docs and metrics", make_serve_command},
};

}  // namespace

std::span<const CommandEntry> commands() {
  return kCommands;
}

}  // namespace voucher
