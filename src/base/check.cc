#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace voucher {

void check_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "broken invariant: %s at %s:%d\n", condition, file, line);
  std::abort();
}

}  // namespace voucher
