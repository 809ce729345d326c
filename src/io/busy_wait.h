// Whether to look for the next packet before sleeping until it comes.
//
// Being woken costs both the kernel, in the packet's way, and the sleeper more than the packet
// itself does (5 to 50 microseconds in a virtual machine), so that a worker that sleeps after each
// packet reaches half of what it can. One that always looks burns its core when nothing comes.
// Between the two: it looks for at most `most` when that would have been worth it the last few
// times, which the packets' arrival times tell also when it slept.
//
//     next packet after    5us   8us   6us   900us  880us  910us         30us   7us   5us
//     what is done         look  look  look  look 50us, sleep  sleep     sleep  look  look
#pragma once

#include <chrono>
#include <cstdint>

#if defined(__x86_64__)
#include <emmintrin.h>
#endif

namespace culvert {

class BusyWait {
 public:
  using Duration = std::chrono::nanoseconds;

  /// 0: never.
  explicit BusyWait(Duration most) : most_(most) {}

  /// Looks until `ready()` or for the time that is worth it; what `ready()` said last.
  template <class Ready>
  bool look(Ready&& ready) {
    if (trust_ < kTrusted) return false;
    const auto begin = std::chrono::steady_clock::now();
    do {
      for (int i = 0; i < kLooksPerClock; ++i) {
        if (ready()) {
          learn(Duration(0));
          return true;
        }
        relax();
      }
    } while (std::chrono::steady_clock::now() - begin < most_);
    learn(Duration::max());
    return false;
  }

  /// After sleeping: the packet came `waited` after the wait had begun.
  void learn(Duration waited) {
    if (waited < most_) {
      if (trust_ < kMostTrust) ++trust_;
    } else if (trust_ > 0) {
      --trust_;
    }
  }

 private:
  static void relax() {
#if defined(__x86_64__)
    _mm_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
  }

  static constexpr int kLooksPerClock = 16;
  static constexpr std::uint8_t kTrusted = 2, kMostTrust = 4;

  Duration most_;
  std::uint8_t trust_ = 0;
};

}  // namespace culvert
