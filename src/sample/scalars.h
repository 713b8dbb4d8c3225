// Values that only sample files have, beyond those of definitions; mistakes are noted as there.
#pragma once

#include <cstdint>
#include <optional>

#include "base/calendar.h"
#include "definition/map_reader.h"
#include "definition/mistake.h"

namespace voucher {

/// A whole number from `least` to `greatest`.
[[nodiscard]] std::optional<std::int64_t> read_integer_within(const NamedNode& named,
                                                              std::int64_t least,
                                                              std::int64_t greatest,
                                                              Mistakes& mistakes);

/// A share from 0 to 1 with up to nine decimals, as parts of 1,000,000,000.
[[nodiscard]] std::optional<std::int64_t> read_share(const NamedNode& named, Mistakes& mistakes);

/// An instant or a day, as raw data may have them.
[[nodiscard]] std::optional<Timestamp> read_instant(const NamedNode& named, Mistakes& mistakes);

}  // namespace voucher
