#include "report/row_counts_json.h"

#include <nlohmann/json.hpp>

namespace voucher {

nlohmann::ordered_json rows_json(const RowCounts& rows) {
  return {{"raw", rows.raw},
          {"processed", rows.processed},
          {"rejected", rows.rejected},
          {"duplicates", rows.duplicates},
          {"rejected_by", rows.rejected_by}};
}

std::string named_hash(const std::string& hash) {
  return "sha256:" + hash;
}

}  // namespace voucher
