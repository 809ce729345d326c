// The states of one script, one a worker: found by the worker's DetectState, made on first use. No
// lock: a slot is claimed once, with one atomic exchange, and belongs to its worker from then on.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>

#include "detect/detect_state.h"
#include "lua/script.h"

namespace culvert::lua {

struct WorkerScript {
  std::unique_ptr<Script> script;  ///< null: it could not be made
  bool told = false;               ///< its failure has been logged
};

class WorkerScripts {
 public:
  /// Most workers that can run the script; others do not match.
  static constexpr std::size_t kSlots = 256;

  /// Null: no slot is left, or the script could not be made. `make` returns a Script or null.
  template <class Make>
  WorkerScript* of(const DetectState* worker, Make&& make) const {
    const std::size_t first = (reinterpret_cast<std::uintptr_t>(worker) >> 6) % kSlots;
    for (std::size_t i = 0; i < kSlots; ++i) {
      Slot& slot = slots_[(first + i) % kSlots];
      const DetectState* owner = slot.owner.load(std::memory_order_relaxed);
      if (owner == nullptr) {
        if (slot.owner.compare_exchange_strong(owner, worker, std::memory_order_relaxed)) {
          slot.held.script = make();
          owner = worker;
        }
      }
      if (owner == worker) return slot.held.script == nullptr ? nullptr : &slot.held;
    }
    return nullptr;
  }

 private:
  struct Slot {
    std::atomic<const DetectState*> owner{nullptr};
    WorkerScript held;
  };
  mutable std::array<Slot, kSlots> slots_;
};

}  // namespace culvert::lua
