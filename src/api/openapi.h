// The description of the API for clients (OpenAPI 3.1), made from the table of routes, the table of
// statuses and the definitions that are served: what is not in those is not described.
#pragma once

#include <string>

namespace voucher {

struct ServedDatasets;

/// The document as JSON. Paths that name a dataset are written out for each that is served.
[[nodiscard]] std::string openapi_document(const ServedDatasets& served);

}  // namespace voucher
