#include "warehouse/postgresql/roles_sql.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>
#include <vector>

#include "sql/quote.h"
#include "warehouse/postgresql/schema_sql.h"
#include "warehouse/postgresql/view_sql.h"

namespace voucher::postgresql {
namespace {

using sql::quote_identifier;
using sql::quote_literal;

std::string create_role_sql(const std::string& role, std::string_view attributes) {
  return fmt::format(
      "DO $$ BEGIN\n"
      "  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {}) THEN\n"
      "    CREATE ROLE {} {};\n"
      "  END IF;\n"
      "END $$;\n",
      quote_literal(role), quote_identifier(role), attributes);
}

/// Whoever hands objects to a role, or sets its default privileges, must be a member of it.
std::string join_role_sql(const std::string& role) {
  return fmt::format(
      "DO $$ BEGIN\n"
      "  IF NOT pg_has_role(current_user, {}, 'USAGE') THEN\n"
      "    GRANT {} TO CURRENT_USER;\n"
      "  END IF;\n"
      "END $$;\n",
      quote_literal(role), quote_identifier(role));
}

std::string roles_sql(const RoleNames& roles) {
  return "-- Roles. The owner never logs in; the loader and the reader get their passwords from "
         "you.\n" +
         create_role_sql(roles.owner, "NOLOGIN") + create_role_sql(roles.loader, "LOGIN") +
         create_role_sql(roles.reader, "LOGIN") + join_role_sql(roles.owner) +
         join_role_sql(roles.loader) +
         fmt::format(
             "DO $$ BEGIN\n"
             "  EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I, %I', current_database(), {}, "
             "{});\n"
             "END $$;\n",
             quote_literal(roles.loader), quote_literal(roles.reader));
}

/// Parts and their parents belong to the loader, which attaches and drops them; all else in the
/// store to the owner, and the loader reads and writes it.
std::string share_store_sql(const RoleNames& roles) {
  return fmt::format(
      "DO $$\n"
      "DECLARE\n"
      "  relation record;\n"
      "BEGIN\n"
      "  FOR relation IN\n"
      "    SELECT oid::regclass AS name, relkind = 'p' OR "
      "relispartition AS holds_rows\n"
      "    FROM pg_class WHERE relnamespace = {store}::regnamespace AND relkind IN ('r', 'p')\n"
      "  LOOP\n"
      "    IF relation.holds_rows THEN\n"
      "      EXECUTE format('ALTER TABLE %s OWNER TO %I', relation.name, {loader});\n"
      "    ELSE\n"
      "      EXECUTE format('ALTER TABLE %s OWNER TO %I', relation.name, {owner});\n"
      "      EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO %I', relation.name, "
      "{loader});\n"
      "    END IF;\n"
      "  END LOOP;\n"
      "END $$;\n",
      fmt::arg("loader", quote_literal(roles.loader)),
      fmt::arg("owner", quote_literal(roles.owner)),
      fmt::arg("store", quote_literal(kStoreSchema)));
}

std::string store_sql(const RoleNames& roles) {
  std::vector<std::string> served;
  for (const std::string& table : served_tables())
    served.push_back(fmt::format("{}.{}", kStoreSchema, quote_identifier(table)));
  return fmt::format(
      "\n-- What only voucher itself reads and writes.\n"
      "{create_schema}"
      "ALTER SCHEMA {store} OWNER TO {owner};\n"
      "{create_tables}"
      "GRANT USAGE, CREATE ON SCHEMA {store} TO {loader};\n"
      "{share}"
      "GRANT USAGE ON SCHEMA {store} TO {reader};\n"
      "GRANT SELECT ON {served} TO {reader};\n",
      fmt::arg("create_schema", create_schema_sql(kStoreSchema)), fmt::arg("store", kStoreSchema),
      fmt::arg("owner", quote_identifier(roles.owner)),
      fmt::arg("create_tables", create_store_tables_sql()),
      fmt::arg("share", share_store_sql(roles)), fmt::arg("loader", quote_identifier(roles.loader)),
      fmt::arg("reader", quote_identifier(roles.reader)),
      fmt::arg("served", fmt::join(served, ", ")));
}

/// A schema that exists stays its owner's: others may have tables in it.
std::string public_schema_sql(const RoleNames& roles, const std::string& schema) {
  return fmt::format(
      "\nCREATE SCHEMA IF NOT EXISTS {schema} AUTHORIZATION {owner};\n"
      "GRANT USAGE, CREATE ON SCHEMA {schema} TO {loader};\n"
      "GRANT USAGE ON SCHEMA {schema} TO {reader};\n"
      "ALTER DEFAULT PRIVILEGES FOR ROLE {loader} IN SCHEMA {schema} GRANT SELECT ON TABLES TO "
      "{reader};\n",
      fmt::arg("schema", quote_identifier(schema)),
      fmt::arg("owner", quote_identifier(roles.owner)),
      fmt::arg("loader", quote_identifier(roles.loader)),
      fmt::arg("reader", quote_identifier(roles.reader)));
}

/// Views that an earlier `load` made under another role.
std::string public_views_sql(const RoleNames& roles, const Dataset& dataset) {
  std::vector<std::string> names;
  for (const std::string& name : public_view_names(dataset))
    names.push_back(quote_literal(public_name(dataset, name)));
  return fmt::format(
      "DO $$\n"
      "DECLARE\n"
      "  view regclass;\n"
      "BEGIN\n"
      "  FOR view IN\n"
      "    SELECT c.oid FROM pg_class c WHERE c.relkind = 'v' AND c.oid = ANY "
      "(ARRAY[{views}])\n"
      "  LOOP\n"
      "    EXECUTE format('ALTER VIEW %s OWNER TO %I', view, {loader});\n"
      "    EXECUTE format('GRANT SELECT ON %s TO %I', view, {reader});\n"
      "  END LOOP;\n"
      "END $$;\n",
      fmt::arg("views", fmt::format("to_regclass({})", fmt::join(names, "), to_regclass("))),
      fmt::arg("loader", quote_literal(roles.loader)),
      fmt::arg("reader", quote_literal(roles.reader)));
}

}  // namespace

std::string setup_sql(const RoleNames& roles, std::span<const Dataset> datasets) {
  std::string text = roles_sql(roles) + store_sql(roles);
  text += "\n-- The schemas of the tables and views that people and tools read.";
  std::set<std::string> schemas;
  for (const Dataset& dataset : datasets) {
    if (schemas.insert(dataset.warehouse.schema).second)
      text += public_schema_sql(roles, dataset.warehouse.schema);
    text += public_views_sql(roles, dataset);
  }
  return text;
}

}  // namespace voucher::postgresql
