// Where "now" comes from. Code that decides or stamps takes a Clock, so that tests can set the
// time.
#pragma once

#include "base/calendar.h"

namespace voucher {

class Clock {
 public:
  virtual ~Clock() = default;
  /// The current instant; may be called from any thread.
  [[nodiscard]] virtual Timestamp now() const = 0;
};

/// The machine's clock.
class SystemClock final : public Clock {
 public:
  [[nodiscard]] Timestamp now() const override;
};

/// A clock that stands still until it is set; set and read on one thread at a time.
class FixedClock final : public Clock {
 public:
  explicit FixedClock(Timestamp instant) : instant_(instant) {}
  void set(Timestamp instant) { instant_ = instant; }
  [[nodiscard]] Timestamp now() const override { return instant_; }

 private:
  Timestamp instant_;
};

}  // namespace voucher
