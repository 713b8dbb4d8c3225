// One statement of a run, as data: what an engine executes is what `voucher sql` prints.
#pragma once

#include <string>

namespace voucher {

/// One statement of a run.
struct Stage {
  std::string name;     ///< "reject"
  std::string purpose;  ///< one line for people
  std::string sql;      ///< without a closing semicolon
};

}  // namespace voucher
