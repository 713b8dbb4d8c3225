// The SQL of `voucher setup`: roles with no more rights than their work needs, and the schemas.
// Pure text that says the same however often it runs; `psql` runs it as well.
//
// The owner owns the schemas and the warehouse's own tables. The loader runs `voucher run`: it
// fills those tables, and makes parts and public views, which it owns. The reader selects from the
// public views and serves decisions.
#pragma once

#include <span>
#include <string>

#include "model/dataset.h"

namespace voucher::postgresql {

struct RoleNames {
  std::string owner = "voucher_owner";
  std::string loader = "voucher_loader";
  std::string reader = "voucher_reader";
  friend bool operator==(const RoleNames&, const RoleNames&) = default;
};

/// Statements to be run in one transaction, by a superuser, or by a role with CREATEROLE that owns
/// the database. What is there already is kept: roles with their attributes and passwords, a public
/// schema with its owner, all rows. New roles get no password.
[[nodiscard]] std::string setup_sql(const RoleNames& roles, std::span<const Dataset> datasets);

}  // namespace voucher::postgresql
