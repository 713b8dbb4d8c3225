#include "definition/mistake.h"

#include "base/check.h"

namespace voucher {

Error Mistakes::to_error(std::string_view name) const {
  CHECK(!list_.empty());
  Error error{ErrorKind::kRefused,
              fmt::format("{} has {} mistake{}; correct {}", name, list_.size(),
                          list_.size() == 1 ? "" : "s", list_.size() == 1 ? "it" : "them"),
              {}};
  for (const Mistake& mistake : list_) {
    error.details.push_back(
        fmt::format("{}:{}:{}: {}", name, mistake.where.line, mistake.where.column, mistake.text));
  }
  return error;
}

}  // namespace voucher
