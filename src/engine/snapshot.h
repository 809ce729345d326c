// Handing rules to workers without a lock on the packet path.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>

namespace culvert {

/// A value that one thread replaces and workers read without a lock, such as the rule set.
template <class T>
class Snapshot {
 public:
  /// Control thread. Keep the old value until its use_count() is 1, then free it there: no worker
  /// should be the one to tear down a rule set.
  std::shared_ptr<const T> publish(std::shared_ptr<const T> next) {
    const std::lock_guard lock(mutex_);
    current_.swap(next);
    version_.fetch_add(1, std::memory_order_release);
    return next;
  }
  /// Worker, between batches, so that a batch sees one value. One load unless it was replaced;
  /// returns whether it was.
  bool refresh(std::shared_ptr<const T>& held, std::uint64_t& seen) const {
    if (version_.load(std::memory_order_acquire) == seen) return false;
    const std::lock_guard lock(mutex_);
    held = current_;
    seen = version_.load(std::memory_order_relaxed);
    return true;
  }

 private:
  mutable std::mutex mutex_;  // not atomic<shared_ptr>, which TSan faults in libstdc++ 12
  std::shared_ptr<const T> current_;
  std::atomic<std::uint64_t> version_{0};
};

}  // namespace culvert
