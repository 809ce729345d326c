// The flows of one worker: a hash table over preallocated slabs, with a timer wheel.
//
// Sized for millions of flows at the price of a few: a flow is addressed by a 32-bit index; buckets
// hold the index of their first flow and are never more than half full on average, as they are split
// one at a time while flows arrive (linear hashing, Litwin 1980: no pause to rehash); the worker asks
// for the bucket and then the flow of a whole batch of packets before it handles the first one. A
// packet writes only its own flow: the timer wheel does not hear of it. The wheel visits a flow when
// it could have timed out at the earliest, and puts it back if it has not.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/prefetch.h"
#include "flow/flow.h"
#include "flow/flow_counters.h"
#include "flow/flow_lookup.h"
#include "flow/flow_options.h"
#include "packet/packet.h"

namespace culvert {

/// What the layers above have to say about flows. One a worker.
class FlowObserver {
 public:
  virtual ~FlowObserver() = default;
  /// A TCP packet with SYN met `flow`, which has its key: is it the start of a new connection?
  virtual bool starts_new_flow(const Packet& packet, const Flow& flow) = 0;
  /// `flow` leaves the table: release what hangs on it. flow.end_reason says why.
  virtual void on_flow_end(Flow& flow) = 0;
};

/// Zeroed memory that stays where it is and becomes real as it is used, in pages of 2 MB where the
/// system has them: a million flows are then a hundred TLB entries, not fifty thousand.
class LargeMemory {
 public:
  /// Throws std::bad_alloc when there are not even addresses.
  explicit LargeMemory(std::size_t bytes);
  LargeMemory(const LargeMemory&) = delete;
  LargeMemory& operator=(const LargeMemory&) = delete;
  ~LargeMemory();
  void* get() const { return memory_; }

 private:
  std::size_t bytes_;
  void* memory_;
};

/// All flows that there can be, in one row. Index 0 is nobody's.
class FlowSlabs {
 public:
  explicit FlowSlabs(std::uint32_t max_flows)
      : memory_((std::size_t{max_flows} + 1 + kSlabFlows) * sizeof(Flow)) {}

  /// Flows in use or free; the others have no memory yet.
  std::uint32_t size() const { return size_; }
  Flow& operator[](std::uint32_t index) const {
    return static_cast<Flow*>(memory_.get())[index];
  }
  /// Adds kSlabFlows flows, the first of which has the index that size() was before.
  void grow() { size_ += kSlabFlows; }

  static constexpr std::uint32_t kSlabFlows = 256;

 private:
  LargeMemory memory_;
  std::uint32_t size_ = 0;
};

class FlowTable {
 public:
  /// `workers` share the limits of `options`; `worker` (0-based) makes ids unique among them.
  FlowTable(const FlowOptions& options, FlowObserver& observer, FlowCounters& counters,
            std::uint64_t seed, unsigned workers = 1, unsigned worker = 0);
  FlowTable(const FlowTable&) = delete;
  FlowTable& operator=(const FlowTable&) = delete;

  enum class Outcome : std::uint8_t {
    kNoFlow,   ///< a kind of packet that has none, or opens none
    kFound,
    kCreated,
    kFull,     ///< memory full: the exception policy was applied to the packet
  };

  // The way for a batch: look_up() all, prefetch() all, prefetch_flow() all, prefetch_state() all, then
  // each one.
  FlowLookup look_up(const Packet& packet) const { return make_flow_lookup(packet, options_, seed_); }
  void prefetch(const FlowLookup& lookup) const {
    culvert::prefetch(&buckets_[bucket_of(lookup.hash)]);
  }
  /// Touches the bucket: give prefetch() time before.
  void prefetch_flow(const FlowLookup& lookup) const {
    prefetch_flow(buckets_[bucket_of(lookup.hash)]);
  }
  /// Touches the bucket's first flow: give prefetch_flow() time before. Asks for what hangs on it;
  /// or, if it is another's, for the next one. Returns the packet's flow, most likely; null: none.
  const Flow* prefetch_state(const FlowLookup& lookup) const {
    const std::uint32_t index = buckets_[bucket_of(lookup.hash)];
    if (index == 0) return nullptr;
    const Flow& flow = slabs_[index];
    if (flow.hash != tag_of(lookup.hash)) {
      prefetch_flow(flow.next_in_bucket);
      return nullptr;
    }
    prefetch_state(flow);
    return &flow;
  }

  /// Sets packet.flow, .direction and .established (TCP: only the tracker does) and accounts the
  /// packet to the flow. A flow that had timed out by the packet's time is ended first.
  Outcome find_or_create(Packet& packet, const FlowLookup& lookup);
  Outcome find_or_create(Packet& packet) { return find_or_create(packet, look_up(packet)); }

  /// After flow.state was changed to one that may time out earlier.
  void set_state(Flow& flow, FlowState state);

  /// Ends flows that have timed out at `now`, looking at `budget` at most; returns how many ended.
  std::size_t expire(Timestamp now, std::size_t budget);
  /// Ends all, oldest slot first. The destructor ends none: its observer may be gone.
  void shutdown();
  /// Ends one now. It must not be the flow of a packet in hand.
  void end_flow(Flow& flow, FlowEndReason reason);

  std::size_t size() const { return active_; }
  bool in_emergency() const { return emergency_; }
  const FlowOptions& options() const { return options_; }
  /// When `flow` times out, if nothing more is seen of it.
  Timestamp timeout_of(const Flow& flow) const;

  /// Calls `visit(Flow&)` for each flow; it must not end any.
  template <class Visit>
  void for_each(Visit&& visit) {
    for (std::uint32_t i = 1; i < slabs_.size(); ++i) {
      if (slabs_[i].in_use) visit(slabs_[i]);
    }
  }

 private:
  static constexpr std::size_t kHotBytes = 160;  ///< of a flow: what each packet touches
  static constexpr std::size_t kTcpBytes = 208;  ///< of TcpSession, which each packet goes through
  static constexpr std::size_t kAppBytes = 96;   ///< of AppSession
  static constexpr std::uint16_t kWheelSlots = 1024;  ///< seconds; later ones wait in the last

  std::size_t bucket_of(std::uint64_t hash) const {
    const std::size_t bucket = hash & (low_mask_ * 2 + 1);
    return bucket < bucket_count_ ? bucket : bucket & low_mask_;
  }
  static std::uint32_t tag_of(std::uint64_t hash) { return static_cast<std::uint32_t>(hash >> 32); }
  void prefetch_flow(std::uint32_t index) const {
    if (index == 0) return;
    prefetch_bytes(&slabs_[index], kHotBytes);
  }
  static void prefetch_state(const Flow& flow) {
    if (flow.app != nullptr) prefetch_bytes(flow.app, kAppBytes);
    if (flow.detect != nullptr) culvert::prefetch(flow.detect);
    if (flow.tcp != nullptr) prefetch_bytes(flow.tcp, kTcpBytes);
  }
  void prefetch_end(std::uint32_t index, std::uint32_t next) const;
  std::uint32_t* find_link(const FlowLookup& lookup) const;
  Flow* create(const Packet& packet, const FlowLookup& lookup);
  std::uint32_t take_free();
  bool make_room(Timestamp now);
  void account(Packet& packet, Flow& flow, bool is_icmp_error);
  void end(Flow& flow, FlowEndReason reason);
  void leave_emergency();
  bool may_create(const Packet& packet, const FlowLookup& lookup) const;
  void add_slab();
  void split_bucket();
  void update_memuse();

  void schedule(Flow& flow);
  void unschedule(Flow& flow);
  std::uint64_t next_id();

  const FlowOptions& options_;
  FlowObserver& observer_;
  FlowCounters& counters_;
  const std::uint64_t seed_;

  const std::uint32_t max_flows_;
  FlowSlabs slabs_;
  std::uint32_t free_head_ = 0;
  std::size_t active_ = 0;
  std::size_t free_ = 0;

  LargeMemory bucket_memory_;  ///< room for all that can ever be
  std::uint32_t* const buckets_;
  std::size_t bucket_count_ = 0;
  std::size_t low_mask_ = 0;  ///< of the round's first bucket count, a power of two, minus 1

  std::array<std::uint32_t, kWheelSlots> wheel_{};  ///< first flow due in that second
  std::int64_t wheel_second_ = 0;  ///< all slots before this one are done; 0: no time seen yet
  Timestamp now_{};                ///< latest packet time

  bool emergency_ = false;
  std::uint32_t evict_cursor_ = 1;
  std::uint64_t id_counter_ = 0;
  const std::uint64_t id_step_;
};

}  // namespace culvert
