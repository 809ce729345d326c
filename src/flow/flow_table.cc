#include "flow/flow_table.h"

#include <sys/mman.h>

#include <algorithm>
#include <bit>
#include <chrono>
#include <new>

namespace culvert {
namespace {

constexpr std::uint8_t kTcpSyn = 0x02;
/// What a flow costs: itself, and its share of buckets that are at most half full.
constexpr std::uint64_t kFlowCost = sizeof(Flow) + 2 * sizeof(std::uint32_t);
/// How many flows a packet without room looks at for one that may go.
constexpr unsigned kEvictionCandidates = 64;

/// How many flows or buckets ahead memory is asked for.
constexpr std::uint32_t kPrefetchAhead = 16;

constexpr std::uint64_t kIdBits = 53;
constexpr std::uint64_t kIdMask = (std::uint64_t{1} << kIdBits) - 1;

std::uint8_t ttl_of(const Packet& packet) {
  const std::size_t at = packet.layer3 == Layer3::kIpv4 ? 8 : 7;
  return at < packet.ip_header.size() ? std::to_integer<std::uint8_t>(packet.ip_header[at])
                                      : std::uint8_t{0};
}

std::uint32_t max_flows_of(const FlowOptions& options, unsigned workers) {
  const std::uint64_t share = options.memcap_bytes / std::max(workers, 1u);
  return static_cast<std::uint32_t>(
      std::clamp<std::uint64_t>(share / kFlowCost, 1, std::uint64_t{1} << 30));
}

std::size_t most_buckets(std::uint32_t max_flows) {
  return std::bit_ceil(std::size_t{max_flows} * 2);
}

}  // namespace

LargeMemory::LargeMemory(std::size_t bytes)
    : bytes_(bytes),
      memory_(mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)) {
  if (memory_ == MAP_FAILED) throw std::bad_alloc();
#ifndef CULVERT_FUZZING  // there a table lives for one input
  madvise(memory_, bytes_, MADV_HUGEPAGE);  // a hint
#endif
}

LargeMemory::~LargeMemory() { munmap(memory_, bytes_); }

FlowTable::FlowTable(const FlowOptions& options, FlowObserver& observer, FlowCounters& counters,
                     std::uint64_t seed, unsigned workers, unsigned worker)
    : options_(options),
      observer_(observer),
      counters_(counters),
      seed_(seed),
      max_flows_(max_flows_of(options, workers)),
      slabs_(max_flows_),
      bucket_memory_(most_buckets(max_flows_) * sizeof(std::uint32_t)),
      buckets_(static_cast<std::uint32_t*>(bucket_memory_.get())),
      bucket_count_(
          std::min(std::bit_floor(std::size_t{options.hash_size}), most_buckets(max_flows_))),
      low_mask_(bucket_count_ - 1),
      id_counter_(worker + 1),
      id_step_(std::max(workers, 1u)) {
  const std::uint32_t prealloc = std::min(options.prealloc / std::max(workers, 1u), max_flows_);
  while (free_ < std::max(prealloc, 1u)) add_slab();
  update_memuse();
}

void FlowTable::add_slab() {
  std::uint32_t first = slabs_.size();
  slabs_.grow();
  if (first == 0) first = 1;  // index 0 is nobody's
  for (std::uint32_t i = slabs_.size(); i-- > first;) {
    Flow& flow = *new (&slabs_[i]) Flow;
    flow.index = i;
    flow.next_in_bucket = free_head_;
    free_head_ = i;
    ++free_;
  }
}

void FlowTable::update_memuse() {
  counters_.memuse.set(std::uint64_t{slabs_.size()} * sizeof(Flow) +
                       bucket_count_ * sizeof(std::uint32_t));
  counters_.spare.set(free_);
}

/// Where the index of the flow with that key is written: in its bucket, or in the flow before it.
/// What is written there is 0 if there is none.
std::uint32_t* FlowTable::find_link(const FlowLookup& lookup) const {
  const std::uint32_t tag = tag_of(lookup.hash);
  std::uint32_t* link = &buckets_[bucket_of(lookup.hash)];
  while (*link != 0) {
    Flow& flow = slabs_[*link];
    if (flow.hash == tag && flow.key == lookup.key) break;
    link = &flow.next_in_bucket;
  }
  return link;
}

FlowTable::Outcome FlowTable::find_or_create(Packet& packet, const FlowLookup& lookup) {
  if (!lookup.wants_flow) return Outcome::kNoFlow;
  now_ = std::max(now_, packet.time);
  const std::uint32_t index = *find_link(lookup);
  if (index != 0) {
    Flow& flow = slabs_[index];
    const bool new_connection = packet.is_tcp() && (packet.tcp_flags() & kTcpSyn) != 0 &&
                                observer_.starts_new_flow(packet, flow);
    if (!new_connection && packet.time < timeout_of(flow)) {
      packet.flow = &flow;
      packet.direction = lookup.always_to_server || lookup.source_is_low == flow.client_is_low
                             ? Direction::kToServer
                             : Direction::kToClient;
      account(packet, flow, lookup.is_icmp_error);
      return Outcome::kFound;
    }
    if (new_connection) {
      counters_.tcp_reuse.add();
    } else {
      counters_.evicted_by_packet.add();
    }
    end(flow, new_connection ? FlowEndReason::kTcpReuse : FlowEndReason::kTimeout);
  }
  if (!may_create(packet, lookup)) return Outcome::kNoFlow;
  Flow* const flow = create(packet, lookup);
  if (flow == nullptr) {
    counters_.memcap.add();
    apply_exception_policy(options_.memcap_policy, ExceptionTarget::kFlowMemcap,
                           DropReason::kFlowMemcap, packet, counters_.memcap_policy);
    return Outcome::kFull;
  }
  packet.flow = flow;
  packet.direction = Direction::kToServer;
  account(packet, *flow, false);
  return Outcome::kCreated;
}

bool FlowTable::may_create(const Packet& packet, const FlowLookup& lookup) const {
  if (lookup.is_icmp_error) return false;
  // Short of room, connections that are new go before those that go on without us.
  if (emergency_ && packet.is_tcp()) return (packet.tcp_flags() & kTcpSyn) != 0;
  return true;
}

Flow* FlowTable::create(const Packet& packet, const FlowLookup& lookup) {
  if (active_ >= max_flows_ && !make_room(packet.time)) return nullptr;
  if (free_ == 0) {
    add_slab();
    update_memuse();
  }
  const std::uint32_t index = free_head_;
  Flow& flow = slabs_[index];
  free_head_ = flow.next_in_bucket;
  --free_;
  prefetch_bytes(&slabs_[free_head_], sizeof(Flow));  // for the next one
  // Two splits a flow: the round of a table that begins small catches up with it.
  for (int i = 0; i < 2 && bucket_count_ < (active_ + 1) * 2; ++i) split_bucket();

  flow = Flow{};
  flow.index = index;
  flow.in_use = true;
  flow.key = lookup.key;
  flow.hash = tag_of(lookup.hash);
  std::uint32_t& bucket = buckets_[bucket_of(lookup.hash)];
  flow.next_in_bucket = bucket;
  bucket = index;
  flow.client_is_low = lookup.source_is_low;
  flow.first_seen = packet.time;
  flow.last_seen = packet.time;
  flow.id = next_id();
  flow.interface = packet.interface;
  flow.vlan = packet.vlan;
  flow.emergency = emergency_;
  ++active_;
  schedule(flow);

  counters_.total.add();
  counters_.active.set(active_);
  counters_.spare.set(free_);
  switch (packet.layer4) {
    case Layer4::kTcp:
      counters_.tcp.add();
      break;
    case Layer4::kUdp:
      counters_.udp.add();
      break;
    case Layer4::kIcmp4:
      counters_.icmp4.add();
      break;
    case Layer4::kIcmp6:
      counters_.icmp6.add();
      break;
    case Layer4::kNone:
    case Layer4::kSctp:
    case Layer4::kEsp:
    case Layer4::kGre:
    case Layer4::kIgmp:
      break;
  }
  return &flow;
}

void FlowTable::account(Packet& packet, Flow& flow, bool is_icmp_error) {
  FlowSide& side = flow.side(packet.direction);
  if (side.packets == 0 && !is_icmp_error) {
    side.icmp_type = packet.icmp_type;
    side.icmp_code = packet.icmp_code;
  }
  ++side.packets;
  side.bytes += packet.data.size();
  side.tcp_flags |= packet.tcp_flags();
  const std::uint8_t ttl = ttl_of(packet);
  side.min_ttl = std::min(side.min_ttl, ttl);
  side.max_ttl = std::max(side.max_ttl, ttl);
  flow.last_seen = std::max(flow.last_seen, packet.time);
  if (flow.both_directions_seen() && !packet.is_tcp() && !is_icmp_error) {
    packet.established = true;
    if (flow.state == FlowState::kNew) flow.state = FlowState::kEstablished;  // times out later
  }
  if (flow.state >= FlowState::kBypassedLocal) {
    counters_.bypassed_packets.add();
    counters_.bypassed_bytes.add(packet.data.size());
  }
}

Timestamp FlowTable::timeout_of(const Flow& flow) const {
  const auto protocol = static_cast<std::size_t>(flow_protocol_of(flow.key.ip_proto));
  const FlowTimeouts& timeouts =
      emergency_ ? options_.emergency_timeouts[protocol] : options_.timeouts[protocol];
  return flow.last_seen + timeouts.of(flow.state);
}

void FlowTable::set_state(Flow& flow, FlowState state) {
  if (flow.state == state) return;
  flow.state = state;
  unschedule(flow);
  schedule(flow);
}

void FlowTable::schedule(Flow& flow) {
  if (wheel_second_ == 0) wheel_second_ = whole_seconds(now_);
  const std::int64_t second = std::clamp(whole_seconds(timeout_of(flow)) + 1, wheel_second_ + 1,
                                         wheel_second_ + kWheelSlots - 1);
  flow.timer_slot = static_cast<std::uint16_t>(second & (kWheelSlots - 1));
  std::uint32_t& head = wheel_[flow.timer_slot];
  flow.timer_previous = 0;
  flow.timer_next = head;
  if (head != 0) slabs_[head].timer_previous = flow.index;
  head = flow.index;
}

void FlowTable::unschedule(Flow& flow) {
  if (flow.timer_next != 0) slabs_[flow.timer_next].timer_previous = flow.timer_previous;
  if (flow.timer_previous != 0) {
    slabs_[flow.timer_previous].timer_next = flow.timer_next;
  } else {
    wheel_[flow.timer_slot] = flow.timer_next;
  }
}

std::size_t FlowTable::expire(Timestamp now, std::size_t budget) {
  now_ = std::max(now_, now);
  if (active_ == 0) {
    wheel_second_ = whole_seconds(now_);
    return 0;
  }
  const std::int64_t last = whole_seconds(now_);
  // After a long silence each slot is visited once.
  wheel_second_ = std::max(wheel_second_, last - kWheelSlots);
  std::size_t ended = 0;
  for (; wheel_second_ <= last; ++wheel_second_) {
    std::uint32_t& slot = wheel_[static_cast<std::size_t>(wheel_second_ & (kWheelSlots - 1))];
    while (slot != 0) {
      if (budget-- == 0) return ended;
      Flow& flow = slabs_[slot];
      if (flow.timer_next != 0) prefetch_end(flow.timer_next, slabs_[flow.timer_next].timer_next);
      counters_.checked.add();
      if (timeout_of(flow) <= now_) {
        counters_.timed_out.add();
        counters_.evicted.add();
        end(flow, FlowEndReason::kTimeout);
        ++ended;
      } else {
        counters_.not_timed_out.add();
        unschedule(flow);
        schedule(flow);
      }
    }
  }
  if (emergency_) leave_emergency();
  return ended;
}

void FlowTable::leave_emergency() {
  const std::uint64_t wanted =
      std::uint64_t{max_flows_} * options_.emergency_recovery_percent / 100;
  if (active_ + wanted > max_flows_) return;
  emergency_ = false;
  counters_.emergency_over.add();
}

/// Memory is full: from now on the emergency timeouts hold, and a flow that is past its own goes.
bool FlowTable::make_room(Timestamp now) {
  if (!emergency_) {
    emergency_ = true;
    counters_.emergency_entered.add();
  }
  for (unsigned i = 0; i < kEvictionCandidates; ++i) {
    if (++evict_cursor_ >= slabs_.size()) evict_cursor_ = 1;
    Flow& flow = slabs_[evict_cursor_];
    if (!flow.in_use) continue;
    counters_.get_used_eval.add();
    if (timeout_of(flow) > now) continue;
    counters_.get_used.add();
    end(flow, FlowEndReason::kForced);
    return true;
  }
  counters_.get_used_failed.add();
  return false;
}

void FlowTable::end_flow(Flow& flow, FlowEndReason reason) { end(flow, reason); }

void FlowTable::end(Flow& flow, FlowEndReason reason) {
  flow.end_reason = reason;
  flow.emergency = flow.emergency || emergency_;
  switch (flow.state) {
    case FlowState::kNew:
      counters_.end_new.add();
      break;
    case FlowState::kEstablished:
      counters_.end_established.add();
      break;
    case FlowState::kClosed:
      counters_.end_closed.add();
      break;
    case FlowState::kBypassedLocal:
      counters_.end_bypassed_local.add();
      counters_.bypassed_closed.add();
      break;
    case FlowState::kBypassedCapture:
      counters_.end_bypassed_capture.add();
      counters_.bypassed_closed.add();
      break;
  }
  if (flow.tcp_liberal) counters_.end_tcp_liberal.add();
  observer_.on_flow_end(flow);

  const FlowLookup lookup{.key = flow.key, .hash = hash_flow_key(flow.key, seed_)};
  *find_link(lookup) = flow.next_in_bucket;
  unschedule(flow);
  flow.in_use = false;
  flow.next_in_bucket = free_head_;
  free_head_ = flow.index;
  ++free_;
  --active_;
  counters_.recycled.add();
  counters_.active.set(active_);
  counters_.spare.set(free_);
}

/// Asks for what ending one flow will touch, and for the flow whose turn that is next. Each may be
/// 0.
void FlowTable::prefetch_end(std::uint32_t index, std::uint32_t next) const {
  if (next != 0) prefetch_bytes(&slabs_[next], sizeof(Flow));
  const Flow& flow = slabs_[index];
  if (index == 0 || !flow.in_use) return;
  culvert::prefetch(&buckets_[bucket_of(hash_flow_key(flow.key, seed_))]);
  prefetch_state(flow);
}

void FlowTable::shutdown() {
  for (std::uint32_t i = 1; i < slabs_.size(); ++i) {
    if (i + kPrefetchAhead < slabs_.size()) prefetch_end(i + kPrefetchAhead, 0);
    if (slabs_[i].in_use) end(slabs_[i], FlowEndReason::kShutdown);
  }
}

/// Splits the next bucket of the round in two. Flows of bucket b go to b or b + (low_mask_ + 1), by
/// one more bit of their hash.
void FlowTable::split_bucket() {
  const std::size_t old_bucket = bucket_count_ & low_mask_;
  const std::size_t new_bucket = bucket_count_++;
  // Those to be split soon: their flows are anywhere.
  prefetch_flow(buckets_[(old_bucket + kPrefetchAhead) & low_mask_]);
  std::uint32_t index = buckets_[old_bucket];
  std::uint32_t* stay = &buckets_[old_bucket];
  std::uint32_t* move = &buckets_[new_bucket];
  while (index != 0) {
    Flow& flow = slabs_[index];
    const bool moves = (hash_flow_key(flow.key, seed_) & (low_mask_ + 1)) != 0;
    std::uint32_t*& tail = moves ? move : stay;
    *tail = index;
    tail = &flow.next_in_bucket;
    index = flow.next_in_bucket;
  }
  *stay = 0;
  *move = 0;
  if (bucket_count_ == 2 * (low_mask_ + 1)) low_mask_ = bucket_count_ - 1;
}

/// Unique and not to be guessed from the one before: a counter, stirred by steps that each map the
/// 53-bit numbers one to one (xorshift; multiplication by an odd number).
std::uint64_t FlowTable::next_id() {
  while (true) {
    std::uint64_t id = (id_counter_ + seed_) & kIdMask;
    id_counter_ += id_step_;
    id ^= id >> 27;
    id = id * 0x9e3779b97f4a7c15u & kIdMask;
    id ^= id >> 29;
    id = id * 0xbf58476d1ce4e5b9u & kIdMask;
    id ^= id >> 31;
    if (id != 0) return id;
  }
}

}  // namespace culvert
