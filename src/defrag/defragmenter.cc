#include "defrag/defragmenter.h"

#include <algorithm>
#include <cstring>

#include "net/checksum.h"

namespace culvert {
namespace {

constexpr std::size_t kIpv6HeaderSize = 40;

void store_u16(std::byte* at, std::size_t value) {
  at[0] = static_cast<std::byte>(value >> 8);
  at[1] = static_cast<std::byte>(value);
}

}  // namespace

void DefragCounters::append(std::vector<NamedCounter>& out) const {
  append_counters(*this, kDefragCounters, out);
  memcap_policy.append(ExceptionTarget::kDefragMemcap, out);
}

std::size_t Defragmenter::KeyHash::operator()(const Key& key) const {
  std::uint64_t hash = key.source.hash(seed);
  hash = mix64(hash, key.destination.hash(seed ^ key.tenant.id) | 1);
  const std::uint64_t rest = std::uint64_t{key.id} << 32 | std::uint64_t{key.ip_proto} << 24 |
                             std::uint64_t{key.recursion_level} << 16 | key.vlan[0];
  return mix64(hash ^ rest, 0x9e3779b97f4a7c15u);
}

Defragmenter::Defragmenter(const DefragOptions& options, Decoder& decoder,
                           DefragCounters& counters, unsigned workers)
    : options_(options),
      decoder_(decoder),
      counters_(counters),
      memcap_(options.memcap_bytes / workers),
      max_trackers_(std::max(1u, options.max_trackers / workers)),
      max_fragments_(std::max(1u, options.max_fragments / workers)),
      by_key_(64, KeyHash{random_seed()}) {}

void Defragmenter::process(Packet& fragment, PacketStack& stack) {
  const bool ipv6 = fragment.layer3 == Layer3::kIpv6;
  (ipv6 ? counters_.ipv6_fragments : counters_.ipv4_fragments).add();
  const FragmentInfo& info = fragment.fragment;
  const Bytes data = info.data;
  const std::size_t head = fragment.ip_header.size();
  if (head + info.offset + data.size() > FragmentMap::kMaxDatagram + (ipv6 ? kIpv6HeaderSize : 0)) {
    decoder_.add_event(fragment, ipv6 ? PacketEvent::kIpv6FragPktTooLarge
                                      : PacketEvent::kIpv4FragPktTooLarge);
    return;
  }
  Tracker* const tracker = find_or_create(fragment);
  if (tracker == nullptr) return;

  if (info.offset == 0 && !tracker->has_head) keep_head(*tracker, fragment);
  const auto outcome = tracker->map.add(data, info.offset, !info.more, tracker->policy);
  ++fragments_;
  count_memory(*tracker, tracker->map.memory());
  if (outcome == FragmentMap::Outcome::kOverlap) {
    decoder_.add_event(fragment,
                       ipv6 ? PacketEvent::kIpv6FragOverlap : PacketEvent::kIpv4FragOverlap);
  }
  if (!tracker->has_head || !tracker->map.is_complete()) return;

  (ipv6 ? counters_.ipv6_reassembled : counters_.ipv4_reassembled).add();
  const Bytes datagram = build(*tracker, ipv6);
  const std::size_t ip_at = tracker->ip_at;
  retire(*tracker);
  if (!datagram.empty()) decoder_.decode_datagram(fragment, datagram, ip_at, stack);
}

Defragmenter::Tracker* Defragmenter::find_or_create(Packet& fragment) {
  Key key;
  key.source = fragment.source;
  key.destination = fragment.destination;
  key.tenant = fragment.tenant;
  key.vlan = fragment.vlan;
  key.id = fragment.fragment.id;
  if (fragment.layer3 == Layer3::kIpv4) key.ip_proto = fragment.fragment.next_header;
  key.recursion_level = fragment.recursion_level;

  if (const auto found = by_key_.find(key); found != by_key_.end()) {
    Tracker& tracker = *found->second;
    if (fragment.time <= tracker.expires) {
      if (fragments_ < max_fragments_ && memory_ < memcap_) return &tracker;
      refuse(fragment);
      return nullptr;
    }
    counters_.tracker_reuse.add();
    retire(tracker);
  }
  if (active_.size() >= max_trackers_) {
    counters_.max_trackers_reached.add();
    refuse(fragment);
    return nullptr;
  }
  if (fragments_ >= max_fragments_ || memory_ >= memcap_) {
    refuse(fragment);
    return nullptr;
  }
  if (free_.empty()) free_.emplace_back();
  active_.splice(active_.end(), free_, free_.begin());
  Tracker& tracker = active_.back();
  tracker.key = key;
  tracker.policy = options_.policy_for(fragment.destination);
  tracker.expires = fragment.time + options_.timeout_for(fragment.destination);
  tracker.has_head = false;
  by_key_.emplace(key, std::prev(active_.end()));
  return &tracker;
}

/// No room: the fragment goes on its way as it is, or what the policy says.
void Defragmenter::refuse(Packet& fragment) {
  counters_.max_frags_reached.add();
  decoder_.add_event(fragment, fragment.layer3 == Layer3::kIpv6 ? PacketEvent::kIpv6FragIgnored
                                                                : PacketEvent::kIpv4FragIgnored);
  apply_exception_policy(options_.memcap_policy, ExceptionTarget::kDefragMemcap,
                         DropReason::kDefragMemcap, fragment, counters_.memcap_policy);
}

void Defragmenter::keep_head(Tracker& tracker, const Packet& fragment) {
  // IPv6: extension headers before the fragment header are part of each fragment, and of the whole.
  const Bytes extensions = fragment.ip_payload.first(fragment.fragment.header_at);
  constexpr std::size_t kMaxLinkSize = 64;
  Bytes link = fragment.data.first(
      static_cast<std::size_t>(fragment.ip_header.data() - fragment.data.data()));
  if (link.size() > kMaxLinkSize) link = {};
  const std::size_t size = link.size() + fragment.ip_header.size() + extensions.size();
  if (size > tracker.head.size()) return;  // never becomes whole, and times out
  auto after = std::copy(link.begin(), link.end(), tracker.head.begin());
  after = std::copy(fragment.ip_header.begin(), fragment.ip_header.end(), after);
  std::copy(extensions.begin(), extensions.end(), after);
  tracker.head_size = static_cast<std::uint16_t>(size);
  tracker.ip_at = static_cast<std::uint16_t>(link.size());
  tracker.link_at = fragment.fragment.link_at;
  tracker.next_header = fragment.fragment.next_header;
  tracker.has_head = true;
}

Bytes Defragmenter::build(const Tracker& tracker, bool ipv6) {
  std::vector<std::byte>& out = datagrams_[next_datagram_];
  next_datagram_ = (next_datagram_ + 1) % datagrams_.size();
  out.assign(tracker.head.begin(), tracker.head.begin() + tracker.head_size);
  tracker.map.append_to(out);
  const std::size_t header_size = tracker.head_size - tracker.ip_at;
  const std::size_t ip_size = out.size() - tracker.ip_at;
  std::byte* const ip = &out[tracker.ip_at];
  if (ipv6) {
    if (tracker.link_at >= header_size) return {};
    store_u16(ip + 4, ip_size - kIpv6HeaderSize);
    ip[tracker.link_at] = std::byte{tracker.next_header};
    return out;
  }
  if (ip_size > FragmentMap::kMaxDatagram) return {};
  store_u16(ip + 2, ip_size);
  store_u16(ip + 6, 0);  // neither "more fragments" nor an offset
  store_u16(ip + 10, 0);
  const std::uint16_t sum = checksum_fold(checksum_add(0, Bytes(ip, header_size)));
  std::memcpy(ip + 10, &sum, sizeof sum);
  return out;
}

void Defragmenter::retire(Tracker& tracker) {
  const auto entry = by_key_.find(tracker.key);
  const auto node = entry->second;
  by_key_.erase(entry);
  fragments_ -= static_cast<std::uint32_t>(tracker.map.fragment_count());
  count_memory(tracker, 0);
  tracker.map.clear();
  constexpr std::size_t kKeptTrackers = 64;
  if (free_.size() < kKeptTrackers) {
    free_.splice(free_.end(), active_, node);
  } else {
    active_.erase(node);
  }
}

void Defragmenter::count_memory(Tracker& tracker, std::size_t bytes) {
  memory_ += bytes - tracker.counted_bytes;
  tracker.counted_bytes = bytes;
  counters_.memuse.set(memory_);
}

void Defragmenter::expire(Timestamp now) {
  while (!active_.empty() && active_.front().expires < now) {
    counters_.tracker_timeout.add();
    retire(active_.front());
  }
}

}  // namespace culvert
