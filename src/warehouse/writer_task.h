// Who writes to a dataset, in words: what whoever comes second is told.
#pragma once

#include <string>
#include <string_view>

#include "base/calendar.h"

namespace voucher {

/// "<task> (pid 17 of me@host, since 2018-07-10T00:00:00Z)" of this process.
[[nodiscard]] std::string describe_writer(std::string_view task, Timestamp now);

}  // namespace voucher
