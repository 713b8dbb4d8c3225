// What a server's or libpq's failure means to the user: whether a retry may help, and what to grant
// or to mend. By SQLSTATE, never by text: servers speak many languages.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace voucher::postgresql {

/// What a server said, or libpq where no server answered.
struct ServerMessage {
  std::string sqlstate;  ///< five characters; empty where libpq failed by itself
  std::string primary;   ///< one line
  std::string detail;    ///< may be empty
  std::string hint;      ///< may be empty
};

inline constexpr std::string_view kUniqueViolation = "23505";
inline constexpr std::string_view kUndefinedTable = "42P01";
inline constexpr std::string_view kUndefinedSchema = "3F000";
inline constexpr std::string_view kLockNotAvailable = "55P03";
inline constexpr std::string_view kQueryCanceled = "57014";
inline constexpr std::string_view kInsufficientPrivilege = "42501";
inline constexpr std::string_view kDependentObjects = "2BP01";
inline constexpr std::string_view kInvalidTableDefinition = "42P16";
inline constexpr std::string_view kDuplicateTable = "42P07";
inline constexpr std::string_view kWrongObjectType = "42809";

/// Of an SQLSTATE; the empty one (no answer) is kUnavailable.
[[nodiscard]] ErrorKind kind_of(std::string_view sqlstate);

/// "<what>: <what the server says>: <what to do about it>". `what` names the server, or what was
/// being done there.
[[nodiscard]] Error to_error(const ServerMessage& message, std::string_view what);

/// Reads what libpq keeps after a failed connection with PQERRORS_VERBOSE:
/// "… FATAL:  28P01: password …".
[[nodiscard]] ServerMessage parse_connection_failure(std::string_view text);

}  // namespace voucher::postgresql
