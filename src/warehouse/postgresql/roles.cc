#include "warehouse/postgresql/roles.h"

#include "warehouse/postgresql/connection.h"

namespace voucher::postgresql {

Result<> set_up_roles(const ServerAddress& address, const RoleNames& roles,
                      std::span<const Dataset> datasets, const std::stop_token& stop) {
  Connection connection = TRY(Connection::open(address, "voucher setup", stop));
  const Result<> done =
      connection.execute("BEGIN;\n" + setup_sql(roles, datasets) + "COMMIT;\n", stop);
  if (done || connection.last_sqlstate() != kInsufficientPrivilege) return done;
  return fail(ErrorKind::kRefused,
              "setup needs a superuser, or a role with CREATEROLE that owns the database and is a "
              "member of the roles that own what is there; {} is none: {}: name such a role in "
              "--warehouse, or hand the SQL that --dry-run prints to whoever is",
              PQuser(connection.handle()), done.error().message);
}

}  // namespace voucher::postgresql
