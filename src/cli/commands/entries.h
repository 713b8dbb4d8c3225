// The makers of all commands, for the table in commands.cc.
#pragma once

#include <memory>

#include "cli/command.h"

namespace voucher {

std::unique_ptr<Command> make_init_command();
std::unique_ptr<Command> make_generate_command();
std::unique_ptr<Command> make_check_command();
std::unique_ptr<Command> make_transform_command();
std::unique_ptr<Command> make_load_command();
std::unique_ptr<Command> make_verify_command();
std::unique_ptr<Command> make_publish_command();
std::unique_ptr<Command> make_run_command();
std::unique_ptr<Command> make_plan_command();
std::unique_ptr<Command> make_versions_command();
std::unique_ptr<Command> make_rollback_command();
std::unique_ptr<Command> make_explain_command();
std::unique_ptr<Command> make_replay_command();
std::unique_ptr<Command> make_setup_command();
std::unique_ptr<Command> make_sql_command();
std::unique_ptr<Command> make_serve_command();

}  // namespace voucher
