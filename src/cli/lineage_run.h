// What a command tells OpenLineage of itself: that it starts, and how it ends. A lineage event that
// cannot be sent is a warning, never the command's failure.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "cli/flags.h"
#include "cli/lineage_target.h"
#include "cli/session.h"
#include "engine/engine.h"
#include "lineage/event.h"

namespace voucher {

struct LineageFlags {
  std::string target;
  void declare(Flags& flags);
};

/// What a run has read and made.
struct LineageFacts {
  std::vector<LineageInput> inputs;
  std::vector<LineageOutput> outputs;
};

class LineageRun {
 public:
  /// Sends START. `command` is e.g. "run"; `engine` and its version may be empty.
  [[nodiscard]] static Result<LineageRun> begin(Session& session, const LineageFlags& flags,
                                                const Dataset& dataset, const std::string& command,
                                                const std::string& engine);

  /// Sends COMPLETE.
  void complete(LineageFacts facts);
  /// Sends FAIL, or ABORT where the work was interrupted; the error again, to be returned.
  [[nodiscard]] std::unexpected<Error> failed(const Error& error);

  /// Whether events are wanted: else facts need not be gathered.
  [[nodiscard]] bool is_on() const { return target_.has_value(); }

 private:
  LineageRun(Session& session, std::optional<LineageTarget> target)
      : session_(session), target_(std::move(target)) {}
  void send(LineageState state);

  Session& session_;
  std::optional<LineageTarget> target_;
  LineageEvent event_;
};

/// Raw files as inputs: each by itself, and by their folders where they are many.
[[nodiscard]] std::vector<LineageInput> lineage_inputs(const Dataset& dataset,
                                                       const std::vector<SourceFile>& files);

struct LineageLoad {
  std::int64_t rows = 0;        ///< that went into the table
  bool from_processed = false;  ///< the inputs are processed rows, not raw ones
};

/// The table and the views of a version.
[[nodiscard]] std::vector<LineageOutput> lineage_outputs(const Session& session,
                                                         const Dataset& dataset,
                                                         const VersionManifest& manifest,
                                                         const LineageLoad& load);

/// A file on this machine.
[[nodiscard]] LineageName file_name(const std::filesystem::path& path);

}  // namespace voucher
