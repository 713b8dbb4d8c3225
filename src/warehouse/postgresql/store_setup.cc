#include "warehouse/postgresql/store_setup.h"

#include <fmt/format.h>

#include "sql/quote.h"
#include "warehouse/postgresql/schema_sql.h"
#include "warehouse/postgresql/transaction.h"

namespace voucher::postgresql {
namespace {

/// Writers of different datasets may come first at the same time.
constexpr const char* kOneAtATime = "SELECT pg_advisory_xact_lock(7016453196014150)";

std::unexpected<Error> may_not_create(Connection& connection, std::string_view what,
                                      std::string_view privilege) {
  const auto names =
      connection.query("SELECT quote_ident(current_database()), quote_ident(current_user)");
  if (!names) return std::unexpected(names.error());
  return fail(ErrorKind::kRefused,
              "{} cannot be created: GRANT {} {} TO {}, or run `voucher setup`", what, privilege,
              privilege.starts_with("CREATE ON DATABASE")
                  ? names->text(0, 0)
                  : sql::quote_identifier(std::string(kStoreSchema)),
              names->text(0, 1));
}

}  // namespace

Result<> ensure_store(Connection& connection) {
  const Rows found = TRY(
      connection.query("SELECT to_regnamespace($1) IS NOT NULL, EXISTS (SELECT FROM pg_class c "
                       "JOIN pg_namespace n ON "
                       "n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = 'publication')",
                       {std::string(kStoreSchema)}));
  if (found.boolean(0, 1)) return {};
  auto transaction = TRY(Transaction::begin(connection));
  TRY(connection.execute(kOneAtATime));
  if (!found.boolean(0, 0)) {
    const auto created = connection.execute(create_schema_sql(kStoreSchema));
    if (!created && connection.last_sqlstate() == kInsufficientPrivilege) {
      TRY(connection.execute("ROLLBACK"));
      return may_not_create(connection, fmt::format("schema {}", kStoreSchema),
                            "CREATE ON DATABASE");
    }
    TRY(created);
  }
  const auto created = connection.execute(create_store_tables_sql());
  if (!created && connection.last_sqlstate() == kInsufficientPrivilege) {
    TRY(connection.execute("ROLLBACK"));
    return may_not_create(connection, fmt::format("tables of schema {}", kStoreSchema),
                          "USAGE, CREATE ON SCHEMA");
  }
  TRY(created);
  return transaction.commit();
}

Result<> ensure_dataset(Connection& connection, const DatasetId& id) {
  TRY(connection.query(fmt::format("INSERT INTO {}.dataset (domain, dataset) VALUES ($1, $2) ON "
                                   "CONFLICT (domain, dataset) DO NOTHING",
                                   kStoreSchema),
                       {id.domain, id.dataset}));
  return {};
}

}  // namespace voucher::postgresql
