// A wall clock that moves when the test says so.
#pragma once

#include "base/clock.h"

namespace culvert {

class FakeClock final : public Clock {
 public:
  explicit FakeClock(Timestamp start = make_timestamp(1'000'000'000)) : now_(start) {}
  Timestamp now() const override { return now_; }
  void advance(std::chrono::nanoseconds by) { now_ += by; }

 private:
  Timestamp now_;
};

}  // namespace culvert
