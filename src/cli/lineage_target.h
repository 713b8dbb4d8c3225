// Where lineage events go: a file, or a service that speaks OpenLineage.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace voucher {

/// Looks an environment variable up; empty where it is not set.
using Environment = std::function<std::string(const char* name)>;

/// A file that events are appended to, or a URL that they are sent to.
struct LineageTarget {
  std::string file;
  std::string url;
  std::string api_key;        ///< for the URL; may be empty
  std::string job_namespace;  ///< of the jobs that events are about
};

/// Reads `--lineage` (file:PATH, http://… or https://…). Where it is empty, OPENLINEAGE_URL with
/// OPENLINEAGE_ENDPOINT (api/v1/lineage) is taken. OPENLINEAGE_API_KEY and OPENLINEAGE_NAMESPACE
/// count with both, and OPENLINEAGE_DISABLED=true turns all off. nullopt: no events are wanted.
/// kUsage for another form.
[[nodiscard]] Result<std::optional<LineageTarget>> choose_lineage_target(
    const std::string& flag, const Environment& environment);

/// Appends the event as a line, or sends it, within 5 seconds.
[[nodiscard]] Result<> send_lineage(const LineageTarget& target, std::string_view event);

}  // namespace voucher
