// Where a PostgreSQL warehouse is: what --warehouse says, in libpq's own form, so that everything
// libpq knows works: URLs with several hosts, sslmode, PG* variables, service files, ~/.pgpass.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace voucher::postgresql {

class ServerAddress {
 public:
  /// Whether the value of --warehouse names PostgreSQL: `postgresql:` or `postgres:`, alone or as a
  /// URL.
  [[nodiscard]] static bool matches(std::string_view text);

  /// kUsage where libpq cannot read it; the message holds no password. REQUIRES: matches(text).
  [[nodiscard]] static Result<ServerAddress> parse(std::string_view text);

  /// What libpq is given; may hold a password. Empty: all from the environment.
  [[nodiscard]] const std::string& connection_string() const { return connection_string_; }
  /// Whether a password stands in it, where other users of the machine may see it.
  [[nodiscard]] bool has_password() const { return !secrets_.empty(); }
  /// The address as it may be shown.
  [[nodiscard]] std::string shown() const { return redact(connection_string_); }
  /// `text` with every password of the address replaced by ***.
  [[nodiscard]] std::string redact(std::string text) const;
  /// Whether an option is given in the address itself, such as "connect_timeout".
  [[nodiscard]] bool gives(std::string_view option) const;

 private:
  std::string connection_string_;
  std::vector<std::string> given_;    ///< names of the options in it
  std::vector<std::string> secrets_;  ///< passwords as written and as meant
};

}  // namespace voucher::postgresql
