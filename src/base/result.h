// Result<T>: a value, or the Error that prevented it. `TRY` passes an error on to the caller,
// `fail` makes one, `with_context` says on the way up what was being done.
#pragma once

#include <fmt/format.h>

#include <expected>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"

namespace voucher {

template <class T = void>
using Result = std::expected<T, Error>;

/// The failure value of any Result. Static text first, values last: fail(kRefused, "no such column:
/// {}", name).
template <class... Args>
[[nodiscard]] std::unexpected<Error> fail(ErrorKind kind, fmt::format_string<Args...> text,
                                          Args&&... values) {
  return std::unexpected(Error{kind, fmt::format(text, std::forward<Args>(values)...), {}});
}

/// `error` with "context: " before its message.
[[nodiscard]] inline Error with_context(Error error, std::string_view context) {
  error.message = fmt::format("{}: {}", context, error.message);
  return error;
}

/// The value inside, which a caller of TRY may leave unused.
template <class T>
T take_value(Result<T>&& result) {
  return *std::move(result);
}
inline void take_value(Result<>&& /*result*/) {}

}  // namespace voucher

/// The value of a Result expression, or a return of its error. Not to be nested in one expression.
#define TRY(...)                                              \
  __extension__({                                             \
    auto try_result_ = (__VA_ARGS__);                         \
    if (!try_result_) [[unlikely]]                            \
      return std::unexpected(std::move(try_result_).error()); \
    ::voucher::take_value(std::move(try_result_));            \
  })
