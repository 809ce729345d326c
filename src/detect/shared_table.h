// A bounded table that all workers share: counts of thresholds, bits of hosts, tagged hosts. Only rules
// that have matched so far come here, and `empty()` spares them the way where nothing was ever put in.
//
// The slots are cut into shards, each with a lock of its own; an entry lives in one of kProbes slots
// behind its hash, and when all are taken the one that was idle longest makes room. Memory is reserved
// at once and touched as it fills.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <new>
#include <type_traits>

#include "base/clock.h"
#include "base/hash.h"
#include "net/address.h"
#include "packet/packet.h"

namespace culvert {

/// What entries are told apart by. Tenants never meet.
struct SharedKey {
  IpAddress a, b;          ///< `b` only of pairs: see pair_of()
  Tenant tenant;
  std::uint64_t id = 0;    ///< of the rule, the bit ...
  std::uint64_t flow = 0;  ///< of what is counted by flow
  std::uint8_t place = 0;  ///< several of one rule
  friend bool operator==(const SharedKey&, const SharedKey&) = default;

  /// The same whichever way round.
  void set_pair(const IpAddress& one, const IpAddress& other) {
    a = std::min(one, other);
    b = std::max(one, other);
  }
};

template <class Value>
class SharedTable {
 public:
  static_assert(std::is_trivially_copyable_v<Value>, "slots begin as zeros");

  /// At least `slots`, rounded up to a power of two.
  explicit SharedTable(std::size_t slots)
      : mask_(std::bit_ceil(std::max(slots, kShards * kProbes)) - 1),
        seed_(random_seed()),
        slots_(static_cast<Slot*>(std::calloc(mask_ + 1, sizeof(Slot)))) {
    if (slots_ == nullptr) throw std::bad_alloc();
  }

  /// Nothing has been put in so far. No lock.
  bool empty() const { return !used_.load(std::memory_order_relaxed); }
  std::size_t capacity() const { return mask_ + 1; }

  /// `use(Value&, bool is_new)` with the entry of the key, which is made when it is not there, under
  /// its lock. Returns what it returns.
  template <class Use>
  auto with(const SharedKey& key, Timestamp now, Use&& use) {
    const std::uint64_t hash = hash_of(key);
    const std::lock_guard lock(shard_of(hash));
    if (empty()) used_.store(true, std::memory_order_relaxed);
    Slot* oldest = nullptr;
    for (std::size_t i = 0; i < kProbes; ++i) {
      Slot& slot = slot_at(hash, i);
      if (slot.used && slot.key == key) {
        slot.last = now;
        return use(slot.value, false);
      }
      if (oldest == nullptr || (oldest->used && (!slot.used || slot.last < oldest->last))) {
        oldest = &slot;
      }
    }
    *oldest = Slot{key, Value{}, now, true};
    return use(oldest->value, true);
  }

  /// `use(Value&)` with the entry if there is one, under its lock; it says whether the entry stays.
  /// False: there is none.
  template <class Use>
  bool find(const SharedKey& key, Use&& use) {
    if (empty()) return false;
    const std::uint64_t hash = hash_of(key);
    const std::lock_guard lock(shard_of(hash));
    for (std::size_t i = 0; i < kProbes; ++i) {
      Slot& slot = slot_at(hash, i);
      if (!slot.used || !(slot.key == key)) continue;
      if (!use(slot.value)) slot.used = false;
      return true;
    }
    return false;
  }

 private:
  static constexpr std::size_t kShards = 64, kProbes = 16;
  struct Slot {
    SharedKey key;
    Value value;
    Timestamp last{};
    bool used = false;
  };
  struct Free {
    void operator()(Slot* slots) const { std::free(slots); }
  };

  std::uint64_t hash_of(const SharedKey& key) const {
    const std::uint64_t hash = mix64(key.id ^ seed_, key.flow + 0x9e3779b97f4a7c15u + key.place);
    return key.b.hash(key.a.hash(hash ^ key.tenant.id));
  }
  /// The upper bits choose the shard, the lower ones the place in it, so that a run of probes stays
  /// under one lock.
  std::mutex& shard_of(std::uint64_t hash) { return locks_[hash >> 58]; }
  Slot& slot_at(std::uint64_t hash, std::size_t probe) {
    const std::size_t per_shard = (mask_ + 1) / kShards;
    const std::size_t shard = hash >> 58;
    return slots_.get()[shard * per_shard + ((hash + probe) & (per_shard - 1))];
  }

  const std::size_t mask_;
  const std::uint64_t seed_;
  std::unique_ptr<Slot, Free> slots_;
  std::array<std::mutex, kShards> locks_;
  std::atomic<bool> used_{false};
};

}  // namespace culvert
