// A command: its flags, and what it does. One file a command in cli/commands/, one row each in
// commands.cc.
#pragma once

#include <memory>
#include <span>

#include "base/result.h"
#include "cli/exit_code.h"
#include "cli/flags.h"
#include "cli/session.h"

namespace voucher {

class Command {
 public:
  virtual ~Command() = default;
  /// Declares the command's own flags; the common ones are there already.
  virtual void declare(Flags& flags) = 0;
  /// Does the work; results on stdout through the session.
  [[nodiscard]] virtual Result<ExitCode> execute(Session& session) = 0;
};

struct CommandEntry {
  const char* name;
  const char* summary;
  std::unique_ptr<Command> (*make)();
};

/// All commands, in the order of --help.
[[nodiscard]] std::span<const CommandEntry> commands();

}  // namespace voucher
