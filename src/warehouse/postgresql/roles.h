// Makes the roles and schemas of a warehouse in the server. roles_sql.h has the text.
#pragma once

#include <span>
#include <stop_token>

#include "base/result.h"
#include "model/dataset.h"
#include "warehouse/postgresql/roles_sql.h"
#include "warehouse/postgresql/server_address.h"

namespace voucher::postgresql {

/// Runs setup_sql() in one transaction: all of it, or nothing. kRefused where the user may not make
/// roles or hand objects over to them.
[[nodiscard]] Result<> set_up_roles(const ServerAddress& address, const RoleNames& roles,
                                    std::span<const Dataset> datasets, const std::stop_token& stop);

}  // namespace voucher::postgresql
