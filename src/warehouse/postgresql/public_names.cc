#include "warehouse/postgresql/public_names.h"

#include <fmt/format.h>

#include <algorithm>

#include "sql/quote.h"

namespace voucher::postgresql {
namespace {

using ViewName = std::pair<std::string, std::string>;

std::string qualified(const ViewName& view) {
  return sql::quote_if_needed(view.first) + "." + sql::quote_if_needed(view.second);
}

/// Readers of a view that is being changed wait for this long at most.
constexpr const char* kDdlPatience = "SET LOCAL lock_timeout = '2s'";

Result<> ensure_schema(Connection& connection, const std::string& schema) {
  const Rows found = TRY(connection.query(
      "SELECT has_schema_privilege(oid, 'CREATE') AND has_schema_privilege(oid, 'USAGE'), "
      "quote_ident(pg_get_userbyid(nspowner)) FROM pg_namespace WHERE nspname = $1",
      {schema}));
  if (!found.empty() && found.boolean(0, 0)) return {};
  if (!found.empty()) {
    return fail(
        ErrorKind::kRefused,
        "views cannot be created in schema {0}, which belongs to {2}: GRANT USAGE, CREATE ON "
        "SCHEMA {0} TO {1}, or run `voucher setup`",
        sql::quote_if_needed(schema),
        TRY(connection.query("SELECT quote_ident(current_user)")).text(0, 0), found.text(0, 1));
  }
  auto created = connection.execute("SAVEPOINT schema; " + create_schema_sql(schema));
  if (created) return {};
  if (connection.last_sqlstate() != kInsufficientPrivilege) return created;
  TRY(connection.execute("ROLLBACK TO SAVEPOINT schema"));
  const Rows names =
      TRY(connection.query("SELECT quote_ident(current_database()), quote_ident(current_user)"));
  return fail(ErrorKind::kRefused,
              "schema {} does not exist and cannot be created: GRANT CREATE ON DATABASE {} TO {}, "
              "or run `voucher setup`",
              sql::quote_if_needed(schema), names.text(0, 0), names.text(0, 1));
}

/// Statements that grant again what is granted on a view.
Result<std::string> grants_of(Connection& connection, const std::string& view) {
  const Rows rows = TRY(connection.query(
      "SELECT format('GRANT %s ON %s TO %s%s;', a.privilege_type, $1::text, CASE WHEN a.grantee = "
      "0 "
      "THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END, CASE WHEN a.is_grantable "
      "THEN "
      "' WITH GRANT OPTION' ELSE '' END) FROM pg_class c, aclexplode(c.relacl) a WHERE c.oid = "
      "$1::text::regclass AND a.grantee <> c.relowner",
      {view}));
  std::string statements;
  for (std::size_t i = 0; i < rows.size(); ++i) statements += rows.text(i, 0);
  return statements;
}

Result<> replace_view(Connection& connection, const std::string& view, const std::string& select) {
  TRY(connection.execute("SAVEPOINT view"));
  auto replaced = connection.execute(fmt::format("CREATE OR REPLACE VIEW {} AS {}", view, select));
  if (replaced || connection.last_sqlstate() != kInvalidTableDefinition) return replaced;
  TRY(connection.execute("ROLLBACK TO SAVEPOINT view"));
  const std::string grants = TRY(grants_of(connection, view));
  return connection.execute(
      fmt::format("DROP VIEW {0}; CREATE VIEW {0} AS {1}; {2}", view, select, grants));
}

Result<> create_view(Connection& connection, const std::string& view, const std::string& select) {
  auto created = connection.execute(fmt::format("CREATE VIEW {} AS {}", view, select));
  if (!created && connection.last_sqlstate() == kDuplicateTable) {
    return fail(ErrorKind::kRefused,
                "{} exists and is not this dataset's: rename or drop it, or give the definition "
                "another name",
                view);
  }
  return created;
}

/// Whether a view that was made before is still there.
Result<bool> exists(Connection& connection, const ViewName& view) {
  const Rows found = TRY(connection.query(
      "SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE nspname = $1 AND "
      "relname = $2 AND relkind = 'v'",
      {view.first, view.second}));
  return !found.empty();
}

}  // namespace

Result<> show_views(Connection& connection, const Dataset& dataset, const RowTables& tables,
                    const std::string& shown_before) {
  TRY(connection.execute(kDdlPatience));
  TRY(ensure_schema(connection, dataset.warehouse.schema));
  std::vector<ViewName> before;
  for (const ViewName& view : shown_views(shown_before))
    if (TRY(exists(connection, view))) before.push_back(view);
  std::vector<ViewName> now;
  for (const PublicView& view : public_views(dataset, tables)) {
    now.emplace_back(dataset.warehouse.schema, view.name);
    const bool ours = std::ranges::find(before, now.back()) != before.end();
    TRY(ours ? replace_view(connection, qualified(now.back()), view.select)
             : create_view(connection, qualified(now.back()), view.select));
  }
  for (const ViewName& view : before) {
    if (std::ranges::find(now, view) == now.end())
      TRY(connection.execute(fmt::format("DROP VIEW {}", qualified(view))));
  }
  TRY(connection.query(
      fmt::format("UPDATE {}.dataset SET shown = $2 WHERE dataset_id = $1", kStoreSchema),
      {std::to_string(tables.dataset), shown_text(dataset)}));
  return {};
}

}  // namespace voucher::postgresql
