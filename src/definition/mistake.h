// What is wrong with a file that a person wrote, and where. Readers collect every mistake and go
// on; the list becomes one Error at the end.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <compare>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace voucher {

/// A place in a text file as editors count it: both from 1, columns in characters.
struct Position {
  int line = 1;
  int column = 1;
  friend auto operator<=>(const Position&, const Position&) = default;
};

struct Mistake {
  Position where;
  std::string text;
};

class Mistakes {
 public:
  /// add(where, "unknown key '{}'", key).
  template <class... Args>
  void add(Position where, fmt::format_string<Args...> text, Args&&... values) {
    const auto next = std::ranges::upper_bound(list_, where, {}, &Mistake::where);
    list_.insert(next, {where, fmt::format(text, std::forward<Args>(values)...)});
  }

  [[nodiscard]] bool empty() const { return list_.empty(); }
  [[nodiscard]] std::size_t size() const { return list_.size(); }

  /// kRefused; its details are "name:line:column: text", in order of place. REQUIRES: not empty.
  [[nodiscard]] Error to_error(std::string_view name) const;

 private:
  std::vector<Mistake> list_;  ///< in order of place
};

}  // namespace voucher
