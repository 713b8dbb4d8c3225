// A load's second half: the draft of a version written to the server. Parts are filled by COPY in
// the transaction that creates their tables, and the version's rows come with it in one commit.
#pragma once

#include "base/clock.h"
#include "base/progress.h"
#include "engine/duckdb/connection.h"
#include "warehouse/postgresql/server_session.h"
#include "warehouse/version_draft.h"

namespace voucher::postgresql {

/// Stores a draft as a new, unpublished version, and gives its manifest, complete.
[[nodiscard]] Result<VersionManifest> store_version(ServerSession& session,
                                                    duckdb::Connection& workspace,
                                                    const LoadRequest& request, VersionDraft draft,
                                                    const Clock& clock, const JobControl& control);

/// A text that no other transaction has: by it a lost COMMIT is looked for.
[[nodiscard]] std::string make_token();

}  // namespace voucher::postgresql
