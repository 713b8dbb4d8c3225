#include "sql/raw_type.h"

namespace voucher::sql {

bool can_read(ColumnType declared, RawType stored) {
  switch (stored) {
    case RawType::kText: return true;
    case RawType::kTextOrNumber:
    case RawType::kInteger:
    case RawType::kUnsigned:
    case RawType::kDecimal:
    case RawType::kReal: return declared == ColumnType::kInteger;
    case RawType::kDate:
    case RawType::kInstant:
    case RawType::kInstantNanos:
    case RawType::kInstantWithZone: return declared == ColumnType::kTimestamp;
  }
  return false;
}

}  // namespace voucher::sql
