#include "warehouse/warehouse.h"

#include <condition_variable>
#include <mutex>

namespace voucher {

void Warehouse::wait_for_news(std::chrono::milliseconds timeout, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any wake;
  std::unique_lock lock(mutex);
  wake.wait_for(lock, stop, timeout, [] { return false; });
}

}  // namespace voucher
